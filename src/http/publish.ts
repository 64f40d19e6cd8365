/** Making a version of a definition: judged whole, tested, and stored with what it listens for. */
import { z } from 'zod';
import type { Tx } from '../db/client';
import { loadVersion, publishVersion, type WorkflowRow } from '../db/workflows';
import type { Issue } from '../errors';
import type { Definition } from '../journey/definition';
import { contentHash } from '../language/content-hash';
import { listensTo, triggerRows } from '../language/listens-to';
import { requireDefinition } from './definition-input';
import { requirePassingTests } from './definition-tests';
import { inFlight, startInFlightJob } from './in-flight';

export const activation = z
  .strictObject({
    changelog: z.string().max(2_000).optional().describe('What is new, for the list of versions.'),
    inFlight: inFlight.optional(),
    force: z.boolean().optional().describe('Publishes although tests of the definition fail.'),
  })
  .meta({ id: 'Activation' });

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
  if (!force) await requirePassingTests(definition);
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
  }: Judged & { readonly order: z.infer<typeof activation>; readonly author: string },
): Promise<Issue[]> {
  const hash = contentHash(definition);
  const active =
    row.activeVersion === null ? null : await loadVersion(tx, row.id, row.activeVersion);
  const version =
    active?.contentHash === hash
      ? active.version
      : await publishVersion(tx, {
          workflowId: row.id,
          definition,
          contentHash: hash,
          listensTo: listensTo(definition),
          triggers: triggerRows(definition),
          changelog: order.changelog ?? null,
          author,
        });
  await startInFlightJob(tx, {
    ...{ workflowId: row.id, version, inFlight: order.inFlight ?? 'drain', requestedBy: author },
  });
  return warnings;
}
