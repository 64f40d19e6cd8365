/** Canaries over HTTP: what may be tried beside the active version, and what may not be published meanwhile. */
import { beginCanary, type CanaryRow, endCanary, latestCanary } from '../db/canaries';
import { canaryFigures } from '../db/canary-figures';
import type { Tx } from '../db/client';
import type { JsonObject } from '../db/json';
import { enterVersion, loadVersion, storeVersion, type WorkflowRow } from '../db/workflows';
import { fail } from '../errors';
import { CANARY_LIMITS, type CanaryDecision } from '../journey/canary';
import type { Definition } from '../journey/definition';
import { canonicalJson, contentHash } from '../language/content-hash';
import { diffDefinitions } from '../language/definition-diff';
import { triggerRows } from '../language/listens-to';
import { type CanaryOrder, limitsWith } from './canary-order';
import { type InFlight, startInFlightJob } from './in-flight';
import { type Judged, publicationOf } from './publish';

interface Ready extends Judged {
  readonly order: {
    readonly changelog?: string | undefined;
    readonly inFlight?: InFlight | undefined;
  };
  readonly author: string;
}

/**
 * Publishes a definition that a share of new people enters, beside the active version; returns what to note of it.
 * Fails with `workflow.not_active`, `canary.running`, `canary.no_difference`, `canary.entry_differs`.
 */
export async function publishCanary(
  tx: Tx,
  row: WorkflowRow,
  { definition, order, author, canary }: Ready & { readonly canary: CanaryOrder },
): Promise<JsonObject> {
  const { id: workflowId, key, activeVersion } = row;
  if (activeVersion === null)
    throw fail(
      'workflow.not_active',
      `The workflow "${key}" has no version yet that the others could enter. Activate it without "canary" first.`,
    );
  requireNoCanary(row);
  const active = await requireDefinitionOf(tx, workflowId, activeVersion);
  if (contentHash(active) === contentHash(definition))
    throw fail(
      'canary.no_difference',
      `The draft of "${key}" says what version ${activeVersion} says, which people enter now. Change the draft first.`,
    );
  requireSameEntry(active, definition, row);
  const version = await storeVersion(tx, publicationOf(row, definition, { order, author }));
  await beginCanary(tx, {
    ...{ workflowId, version, activeVersion, share: canary.share },
    limits: limitsWith(CANARY_LIMITS, canary.halt),
    ...{ beganBy: author, beganAt: new Date() },
  });
  return { canary: version, share: canary.share };
}

/** Fails with `canary.running`. */
export function requireNoCanary({ key, canaryVersion }: WorkflowRow): void {
  if (canaryVersion === null) return;
  throw fail(
    'canary.running',
    `Version ${canaryVersion} of "${key}" is being tried as a canary. Promote or halt it first: POST /api/v1/workflows/${key}/canary/promote, or …/canary/halt.`,
  );
}

/**
 * Whether an activation publishes nothing because a canary runs: a paused workflow goes on with both versions if its
 * draft is one of them. Any other activation then fails with `canary.running`.
 */
export async function unchangedBesideCanary(
  tx: Tx,
  row: WorkflowRow,
  { definition, order }: Ready,
): Promise<boolean> {
  const { id, status, activeVersion, canaryVersion } = row;
  if (canaryVersion === null) return false;
  const hash = contentHash(definition);
  const versions = await Promise.all(
    [activeVersion, canaryVersion].map((version) => loadVersion(tx, id, version ?? 0)),
  );
  const isOneOfThem = versions.some((version) => version?.contentHash === hash);
  if (status !== 'paused' || !isOneOfThem || (order.inFlight ?? 'drain') !== 'drain')
    requireNoCanary(row);
  return true;
}

/** Who gets in is judged by one version alone, before it is known which one she enters. */
function requireSameEntry(active: Definition, draft: Definition, { key }: WorkflowRow): void {
  const entryOf = ({ triggers, settings }: Definition) =>
    canonicalJson({ triggers, enrollment: settings.enrollment });
  if (entryOf(active) === entryOf(draft)) return;
  const sentences = diffDefinitions(active, draft)
    .filter(({ part, path }) => part === 'trigger' || isOfEntry(part, path))
    .map(({ sentence }) => sentence);
  throw fail(
    'canary.entry_differs',
    `A canary lets in whom the active version lets in, so the triggers and settings.enrollment of "${key}" must be the same in both. ${sentences.join(' ') || 'The triggers stand in another order.'} Activate that without "canary", or try the rest first.`,
  );
}

const isOfEntry = (part: string, path: string | null) =>
  part === 'settings' && (path ?? '').startsWith('enrollment');

/** The latest canary of a workflow. Fails with `canary.not_found`. */
export async function requireCanary(tx: Tx, { id, key }: WorkflowRow): Promise<CanaryRow> {
  const canary = await latestCanary(tx, id);
  if (canary === null)
    throw fail(
      'canary.not_found',
      `The workflow "${key}" never had a canary. Activate its draft with "canary" to begin one.`,
    );
  return canary;
}

/** The canary that runs. Fails with `canary.not_found`, `canary.ended`. */
export async function requireRunning(tx: Tx, row: WorkflowRow): Promise<CanaryRow> {
  const canary = await requireCanary(tx, row);
  if (canary.state === 'running') return canary;
  const { version, state, decidedAt } = canary;
  throw fail(
    'canary.ended',
    `The canary with version ${version} of "${row.key}" was ${state} at ${decidedAt?.toISOString()}. Activate the draft with "canary" to begin another, or publish that version again: POST /api/v1/workflows/${row.key}/versions/${version}/revert.`,
  );
}

interface Ordered {
  readonly by: string;
  readonly reason?: string | undefined;
}

/** Halts a canary that runs; returns what was written down of it. The transaction holds the workflow. */
export async function haltCanary(
  tx: Tx,
  canary: CanaryRow,
  ordered: Ordered,
): Promise<CanaryDecision> {
  const decision = await decided(tx, canary, ordered);
  await endCanary(tx, canary, { state: 'halted', at: new Date(), decision });
  return decision;
}

/** Halts the canary of a workflow that nobody can enter any more, if one runs; returns what to note of it. */
export async function haltForArchive(
  tx: Tx,
  row: WorkflowRow,
  by: string,
  reason = 'The workflow was archived.',
): Promise<JsonObject> {
  if (row.canaryVersion === null) return {};
  const canary = await requireRunning(tx, row);
  await haltCanary(tx, canary, { by, reason });
  return { haltedCanary: canary.version };
}

/** Makes a canary that runs the active version. The transaction holds the workflow. */
export async function promoteCanary(
  tx: Tx,
  canary: CanaryRow,
  ordered: Ordered & { readonly inFlight: InFlight },
): Promise<CanaryDecision> {
  const { workflowId, version } = canary;
  const decision = await decided(tx, canary, ordered);
  await endCanary(tx, canary, { state: 'promoted', at: new Date(), decision });
  const triggers = triggerRows(await requireDefinitionOf(tx, workflowId, version));
  await enterVersion(tx, { workflowId, version, triggers });
  const { by: requestedBy, inFlight } = ordered;
  await startInFlightJob(tx, { workflowId, version, inFlight, requestedBy });
  return decision;
}

async function decided(
  tx: Tx,
  canary: CanaryRow,
  { by, reason }: Ordered,
): Promise<CanaryDecision> {
  const figures = await canaryFigures(tx, canary);
  return { by, reason: reason ?? null, exceeded: [], figures };
}

async function requireDefinitionOf(tx: Tx, workflowId: string, version: number) {
  const stored = await loadVersion(tx, workflowId, version);
  if (stored === null) throw new Error(`Version ${version} of workflow ${workflowId} is gone.`);
  // A version was parsed when it was published, and never changes.
  return stored.definition as unknown as Definition;
}
