/** Dry runs: a definition on virtual time, with a contact and a script of events, and no side effects. */
import { z } from 'zod';
import type { KeyIdentity } from '../../db/api-keys';
import type { Tx } from '../../db/client';
import { findContact } from '../../db/contacts';
import { earlierEnrollments } from '../../db/entry-rules';
import { fail, type Issue } from '../../errors';
import { contactState, dryRunFields } from '../../journey/journey-tests';
import type { Definition } from '../../journey/definition';
import { dryRun, DryRunTooLong } from '../../language/dry-run';
import { checkDryRun } from '../../language/dry-run-names';
import { authorize } from '../auth';
import { LARGE_BODY_LIMIT } from '../body';
import { byId, jsonObject, uuid } from '../common';
import { stateOf, worldOf } from '../dry-run-world';
import { type Call, writeRoute } from '../route';
import { refuseIf } from '../validate';
import { dryRunSchema } from '../views/dry-run';
import { contactMissing } from './contacts';
import { requireDefinition, templatesOf } from '../definition-input';
import { requireWorkflow } from './workflows';

const fields = {
  contactId: uuid
    .optional()
    .describe(
      'A stored contact, as she is now, with what happened to her. The key needs `contacts:read` and `events:read` too.',
    ),
  contact: contactState.optional().describe('Anybody; nothing is stored.'),
  ...dryRunFields,
  stopAt: z.string().min(1).max(64).optional().describe('Stops before this node goes on.'),
};

const EITHER = 'Say who enters by either "contactId" or "contact".';

export const storedRequest = z
  .strictObject(fields)
  .refine(({ contactId, contact }) => contactId === undefined || contact === undefined, EITHER)
  .meta({ id: 'DryRunRequest' });

const inlineRequest = z
  .strictObject({
    definition: z
      .union([z.string(), jsonObject], {
        error: ({ input }) =>
          input === undefined || typeof input === 'string' || typeof input === 'object'
            ? undefined
            : `Expected a definition, as an object or as a text, got ${JSON.stringify(input)}.`,
      })
      .describe('A definition in any form: an object, or a text in YAML or JSON.'),
    ...fields,
  })
  .refine(({ contactId, contact }) => contactId === undefined || contact === undefined, EITHER)
  .meta({ id: 'InlineDryRunRequest' });

type DryRunInput = z.infer<typeof storedRequest>;

const answers = { 200: { description: 'What would happen.', schema: dryRunSchema } };

export const dryRunRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/test',
    operationId: 'testDefinition',
    summary: 'Run a definition that is not stored, without side effects',
    scope: 'workflows:read',
    maxBody: LARGE_BODY_LIMIT,
    body: inlineRequest,
    answers,
    problems: ['definition.invalid', 'contact.not_found', 'simulation.too_long'],
    async write(tx, { body: { definition: written, ...request }, key }) {
      requireAccess(key, request);
      const { definition, warnings } = await requireDefinition(tx, written);
      return run(tx, definition, request, { warnings });
    },
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/test',
    operationId: 'testWorkflow',
    summary: "Run a workflow's draft without side effects",
    scope: 'workflows:read',
    params: byId,
    maxBody: LARGE_BODY_LIMIT,
    body: storedRequest,
    answers,
    problems: [
      'definition.invalid',
      'workflow.not_found',
      'contact.not_found',
      'simulation.too_long',
    ],
    async write(tx, { params: { id }, body, key }: Call<{ id: string }, object, DryRunInput>) {
      requireAccess(key, body);
      const workflow = await requireWorkflow(tx, id);
      const { definition, warnings } = await requireDefinition(tx, workflow.draft);
      return run(tx, definition, body, { warnings, workflowId: workflow.id });
    },
  }),
];

/** A definition can be written so that it says all about whoever goes through it, and what happened to her. */
function requireAccess(key: KeyIdentity, { contactId }: Pick<DryRunInput, 'contactId'>): void {
  if (contactId === undefined) return;
  for (const scope of ['contacts:read', 'events:read'] as const) authorize(key, scope);
}

interface Around {
  /** What the definition is warned of. */
  readonly warnings: readonly Issue[];
  readonly workflowId?: string;
}

async function run(
  tx: Tx,
  definition: Definition,
  request: DryRunInput,
  { warnings, workflowId }: Around,
) {
  const { contactId, contact, ...rest } = request;
  const stored = contactId === undefined ? null : await findContact(tx, { id: contactId });
  if (contactId !== undefined && stored === null) throw contactMissing(contactId)();
  const world = await worldOf(tx, stored);
  const earlier = stored && workflowId && (await earlierEnrollments(tx, workflowId, stored.id));
  const state = stored === null ? (contact ?? {}) : await stateOf(tx, stored);
  const asked = { ...rest, contact: state };
  const found = checkDryRun(definition, asked);
  refuseIf(found.errors, 'dry run');
  try {
    const templates = await templatesOf(tx, definition);
    const around = { ...world, templates, ...(earlier ? { earlier } : {}) };
    const report = await dryRun(definition, asked, around);
    return { status: 200, body: { ...report, warnings: [...warnings, ...found.warnings] } };
  } catch (error) {
    if (!(error instanceof DryRunTooLong)) throw error;
    throw fail('simulation.too_long', error.message);
  }
}
