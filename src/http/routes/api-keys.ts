/** API keys: made, shown once, replaced, revoked. A key gives, and takes over, only what it may do itself. */
import { z } from 'zod';
import { createApiKey, type KeyIdentity } from '../../db/api-keys';
import { recordAudit } from '../../db/audit';
import type { Tx } from '../../db/client';
import {
  adminRemains,
  getIssuedKey,
  holdIssuedKey,
  inForce,
  type IssuedKey,
  listIssuedKeys,
  replaceKey,
  revokeKey,
} from '../../db/issued-keys';
import type { JsonObject } from '../../db/json';
import { fail } from '../../errors';
import { covers } from '../auth';
import { byId, found, instantInput, listAnswer, listOf, pageQuery } from '../common';
import { type Answer, readRoute, writeRoute } from '../route';
import { refuseIf } from '../validate';
import { grantedScope, issuedKeySchema, issuedKeyView, newKeySchema } from '../views/issued-key';

const LONGEST_OVERLAP_SECONDS = 30 * 86_400;
const OVERLAP_SECONDS = 86_400;

const expiresAt = instantInput
  .nullable()
  .optional()
  .describe('When it ends by itself; it never does unless told.');

export const newKey = z
  .strictObject({
    name: z.string().trim().min(1).max(200).describe('What it is for, and who has it.'),
    scopes: z
      .array(grantedScope)
      .min(1)
      .max(grantedScope.options.length)
      .transform((scopes) => [...new Set(scopes)]),
    expiresAt,
  })
  .meta({ id: 'ApiKeyInput' });

export const keyRotation = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(LONGEST_OVERLAP_SECONDS)
      .default(OVERLAP_SECONDS)
      .describe('How long the old key stays in force beside the new one; a day unless told.'),
    expiresAt: expiresAt.describe('When the new key ends by itself; as the old one unless told.'),
  })
  .meta({ id: 'ApiKeyRotation' });

const missing = (id: string) => () =>
  fail('key.not_found', `There is no API key "${id.slice(0, 100)}" in this workspace.`);

export const apiKeyRoutes = [
  writeRoute({
    method: 'post',
    path: '/api-keys',
    operationId: 'createApiKey',
    summary: 'Make an API key',
    description: 'The key is in this answer and nowhere else: only its hash is stored.',
    scope: 'api-keys:write',
    body: newKey,
    answers: { 201: { description: 'The key.', schema: newKeySchema } },
    async write(tx, { body, key }) {
      const { name, scopes } = body;
      requireCover(key, scopes, 'give');
      const end = laterThanNow(body.expiresAt ?? null);
      const order = { name, scopes, expiresAt: end, createdBy: key.keyId };
      const made = await createApiKey(tx, order);
      await noted(tx, key, made.id, 'create', { scopes, expiresAt: end?.toISOString() ?? null });
      return shownOnce(tx, made);
    },
  }),
  readRoute({
    method: 'get',
    path: '/api-keys',
    operationId: 'listApiKeys',
    summary: 'List API keys, the newest first',
    description: 'With those that have ended; the keys themselves are shown nowhere.',
    scope: 'api-keys:read',
    query: pageQuery,
    answers: { 200: { description: 'API keys.', schema: listOf(issuedKeySchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => listAnswer(await listIssuedKeys(tx, query), issuedKeyView)),
  }),
  readRoute({
    method: 'get',
    path: '/api-keys/:id',
    operationId: 'getApiKey',
    summary: 'Get what is known of an API key',
    scope: 'api-keys:read',
    params: byId,
    answers: { 200: { description: 'The API key, without itself.', schema: issuedKeySchema } },
    problems: ['key.not_found'],
    handle: ({ params: { id }, transaction }) =>
      transaction(async (tx) => {
        const row = await found(id, (known) => getIssuedKey(tx, known), missing(id));
        return { status: 200, body: issuedKeyView(row) };
      }),
  }),
  writeRoute({
    method: 'post',
    path: '/api-keys/:id/rotate',
    operationId: 'rotateApiKey',
    summary: 'Put a new key in the place of one',
    description:
      'It has the same name and scopes. The old one stays in force for the overlap, in which whoever uses it can change over.',
    scope: 'api-keys:write',
    params: byId,
    body: keyRotation,
    answers: { 201: { description: 'The new key.', schema: newKeySchema } },
    problems: ['key.not_found', 'key.ended', 'key.last_admin'],
    async write(tx, { params: { id }, body, key }) {
      const old = await found(id, (known) => holdIssuedKey(tx, known), missing(id));
      requireCover(key, old.scopes, 'take over');
      const now = new Date();
      requireRunning(old, now);
      const end = laterThanNow(body.expiresAt === undefined ? old.expiresAt : body.expiresAt);
      const overlapEnd = new Date(now.getTime() + body.overlapSeconds * 1_000);
      const oldEndsAt = earlier(overlapEnd, old.expiresAt);
      const order = { oldEndsAt, expiresAt: end, createdBy: key.keyId };
      const made = await replaceKey(tx, old, order);
      await requireAdmin(tx, old, now);
      const detail = { replacedBy: made.id, oldEndsAt: oldEndsAt.toISOString() };
      await noted(tx, key, old.id, 'rotate', detail);
      return shownOnce(tx, made);
    },
  }),
  writeRoute({
    method: 'delete',
    path: '/api-keys/:id',
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key, at once and for good',
    scope: 'api-keys:write',
    params: byId,
    answers: { 200: { description: 'The API key, revoked.', schema: issuedKeySchema } },
    problems: ['key.not_found', 'key.last_admin'],
    async write(tx, { params: { id }, key }) {
      const row = await found(id, (known) => holdIssuedKey(tx, known), missing(id));
      requireCover(key, row.scopes, 'revoke');
      if (row.revokedAt !== null) return { status: 200, body: issuedKeyView(row) };
      const now = new Date();
      await requireAdmin(tx, row, now);
      const revoked = await revokeKey(tx, row.id, now);
      await noted(tx, key, row.id, 'revoke', {});
      return { status: 200, body: issuedKeyView(revoked ?? row) };
    },
  }),
];

/** Fails with `auth.forbidden` where the scopes go beyond those of the key that asks. */
function requireCover({ scopes: own }: KeyIdentity, scopes: readonly string[], verb: string): void {
  const beyond = scopes.filter((scope) => !covers(own, scope));
  if (beyond.length === 0) return;
  const named = beyond.map((scope) => `"${scope}"`).join(', ');
  throw fail(
    'auth.forbidden',
    `This API key cannot ${verb} ${named}, which it has not itself. Use a key that has it.`,
  );
}

function requireRunning(row: IssuedKey, now: Date): void {
  if (row.replacedBy !== null)
    throw fail(
      'key.ended',
      `The API key was replaced by ${row.replacedBy} already. Rotate that one.`,
    );
  if (!inForce(row, now))
    throw fail('key.ended', 'The API key is in force no longer. Make a new one.');
}

async function requireAdmin(tx: Tx, ending: IssuedKey, now: Date): Promise<void> {
  if (await adminRemains(tx, ending, now)) return;
  throw fail(
    'key.last_admin',
    'No other admin key of this workspace lasts as long as this one. Make one first, or nobody can make keys any more.',
  );
}

function laterThanNow(end: Date | null): Date | null {
  const message = 'This instant is past. Give a later one, or none.';
  if (end !== null && end.getTime() <= Date.now())
    refuseIf([{ code: 'request.wrong_value', path: 'expiresAt', message }], 'request');
  return end;
}

const earlier = (one: Date, other: Date | null): Date =>
  other !== null && other < one ? other : one;

function noted(
  tx: Tx,
  { keyId: actor }: KeyIdentity,
  subjectId: string,
  act: 'create' | 'rotate' | 'revoke',
  detail: JsonObject,
): Promise<void> {
  return recordAudit(tx, { actor, action: `key.${act}`, subjectType: 'key', subjectId, detail });
}

async function shownOnce(tx: Tx, made: { id: string; key: string }): Promise<Answer> {
  const row = await getIssuedKey(tx, made.id);
  if (row === null) throw new Error(`The API key ${made.id} was not stored.`);
  const view = issuedKeyView(row);
  return {
    status: 201,
    body: { ...view, key: made.key },
    repeatedBody: { ...view, key: null },
    headers: { Location: `/api/v1/api-keys/${made.id}` },
  };
}
