/** The canary of a workflow: how it fares, and its end. It begins with an activation. */
import { z } from 'zod';
import { changeCanary, type CanaryRow } from '../../db/canaries';
import { canaryFigures } from '../../db/canary-figures';
import type { Tx } from '../../db/client';
import type { JsonObject } from '../../db/json';
import type { WorkflowRow } from '../../db/workflows';
import { haltCanary, promoteCanary, requireCanary, requireRunning } from '../canary';
import { canaryChange, limitsWith } from '../canary-order';
import { byId } from '../common';
import { inFlight } from '../in-flight';
import { readRoute, writeRoute } from '../route';
import { canarySchema, canaryView } from '../views/canary';
import { audited } from './workflow-states';
import { requireWorkflow } from './workflows';

const reason = z.string().max(2_000).optional().describe('Why, for whoever reads it later.');

export const canaryHalt = z.strictObject({ reason }).meta({ id: 'CanaryHalt' });

export const canaryPromotion = z
  .strictObject({ reason, inFlight: inFlight.optional() })
  .meta({ id: 'CanaryPromotion' });

const PROBLEMS = ['workflow.not_found', 'canary.not_found', 'canary.ended'] as const;

export const canaryRoutes = [
  readRoute({
    method: 'get',
    path: '/workflows/:id/canary',
    operationId: 'getCanary',
    summary: 'Get the latest canary of a workflow with its figures',
    scope: 'workflows:read',
    params: byId,
    answers: { 200: { description: 'The canary, running or over.', schema: canarySchema } },
    problems: ['workflow.not_found', 'canary.not_found'],
    handle: ({ params: { id }, transaction }) =>
      transaction(async (tx) => canaryAnswer(tx, await requireWorkflow(tx, id))),
  }),
  writeRoute({
    method: 'patch',
    path: '/workflows/:id/canary',
    operationId: 'changeCanary',
    summary: 'Change the share or the limits of a canary that runs',
    scope: 'workflows:write',
    params: byId,
    body: canaryChange,
    answers: { 200: { description: 'The canary, changed.', schema: canarySchema } },
    problems: PROBLEMS,
    write: (tx, { params: { id }, body, key }) =>
      audited(tx, { id, did: 'canary_change', by: key.keyId }, async (row, note) => {
        const canary = await requireRunning(tx, row);
        const { share = canary.share } = body;
        const limits = limitsWith(canary.limits, body.halt);
        note({ version: canary.version, share, limits: { ...limits } });
        await changeCanary(tx, canary, { share, limits });
        return canaryAnswer(tx, row);
      }),
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/canary/halt',
    operationId: 'haltCanary',
    summary: 'Let nobody enter the canary any more',
    description: 'People inside go on; a migration moves them, a command for many cancels them.',
    scope: 'workflows:write',
    params: byId,
    body: canaryHalt,
    answers: { 200: { description: 'The canary, halted.', schema: canarySchema } },
    problems: PROBLEMS,
    write: (tx, { params: { id }, body, key: { keyId: by } }) =>
      audited(tx, { id, did: 'canary_halt', by }, async (row, note) => {
        const canary = await requireRunning(tx, row);
        const { figures } = await haltCanary(tx, canary, { by, reason: body.reason });
        note(notedOf(canary, { figures }));
        return canaryAnswer(tx, row);
      }),
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/canary/promote',
    operationId: 'promoteCanary',
    summary: 'Make the canary the active version',
    description: 'A paused workflow stays paused.',
    scope: 'workflows:write',
    params: byId,
    body: canaryPromotion,
    answers: { 200: { description: 'The canary, promoted.', schema: canarySchema } },
    problems: PROBLEMS,
    write: (tx, { params: { id }, body, key: { keyId: by } }) =>
      audited(tx, { id, did: 'canary_promote', by }, async (row, note) => {
        const canary = await requireRunning(tx, row);
        const order = { by, reason: body.reason, inFlight: body.inFlight ?? 'drain' } as const;
        const { figures } = await promoteCanary(tx, canary, order);
        note(notedOf(canary, { figures, inFlight: order.inFlight }));
        return canaryAnswer(tx, row);
      }),
  }),
];

const notedOf = ({ version }: CanaryRow, more: object) => ({ version, ...more }) as JsonObject;

async function canaryAnswer(tx: Tx, row: WorkflowRow) {
  const canary = await requireCanary(tx, row);
  return { status: 200, body: canaryView(canary, await canaryFigures(tx, canary)) };
}
