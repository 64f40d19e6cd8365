/** Making a version of a definition: judged whole, tested, and stored with what it listens for. */
import { z } from 'zod';
import type { Tx } from '../db/client';
import { loadVersion, type Publication, publishVersion, type WorkflowRow } from '../db/workflows';
import type { Issue } from '../errors';
import type { Definition } from '../journey/definition';
import { contentHash } from '../language/content-hash';
import { listensTo, triggerRows } from '../language/listens-to';
import { requireDefinition, templatesOf } from './definition-input';
import { requirePassingTests } from './definition-tests';
import { canaryOrder } from './canary-order';
import { inFlight, startInFlightJob } from './in-flight';

const fields = {
  changelog: z.string().max(2_000).optional().describe('What is new, for the list of versions.'),
  inFlight: inFlight.optional(),
  force: z.boolean().optional().describe('Publishes although tests of the definition fail.'),
};

export const publication = z.strictObject(fields).meta({ id: 'Publication' });

export const activation = z
  .strictObject({
    ...fields,
    canary: canaryOrder
      .optional()
      .describe(
        'Lets a share of new people enter the draft by way of trial; the active version stays as it is.',
      ),
  })
  .refine(({ canary, inFlight: what = 'drain' }) => canary === undefined || what === 'drain', {
    message: 'A canary moves nobody. Promote it with "inFlight" once it has proved itself.',
    path: ['inFlight'],
  })
  .meta({ id: 'Activation' });

type Order = z.infer<typeof publication>;

/** A definition that may be published. */
export interface Judged {
  readonly definition: Definition;
  readonly warnings: Issue[];
}

/**
 * Judges a definition for publication and runs its tests, unless forced. Fails with `definition.invalid`,
 * `workflow.tests_failed`, `simulation.too_long`.
 */
export async function judged(tx: Tx, source: object, force: boolean): Promise<Judged> {
  const { definition, warnings } = await requireDefinition(tx, source, { activated: true });
  if (!force) await requirePassingTests(definition, await templatesOf(tx, definition));
  return { definition, warnings };
}

/**
 * Publishes a definition unless it is the active version already, and orders what is to become of people under way
 * in earlier ones. Returns the warnings.
 */
export async function publish(
  tx: Tx,
  row: WorkflowRow,
  {
    definition,
    warnings,
    order,
    author,
  }: Judged & { readonly order: Order; readonly author: string },
): Promise<Issue[]> {
  const active =
    row.activeVersion === null ? null : await loadVersion(tx, row.id, row.activeVersion);
  const version =
    active?.contentHash === contentHash(definition)
      ? active.version
      : await publishVersion(tx, publicationOf(row, definition, { order, author }));
  await startInFlightJob(tx, {
    ...{ workflowId: row.id, version, inFlight: order.inFlight ?? 'drain', requestedBy: author },
  });
  return warnings;
}

/** What is stored of a definition when it is published. */
export function publicationOf(
  { id: workflowId }: WorkflowRow,
  definition: Definition,
  { order, author }: { readonly order: Pick<Order, 'changelog'>; readonly author: string },
): Publication {
  return {
    ...{ workflowId, definition, author },
    contentHash: contentHash(definition),
    listensTo: listensTo(definition),
    triggers: triggerRows(definition),
    changelog: order.changelog ?? null,
  };
}
