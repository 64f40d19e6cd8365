/**
 * Canaries: a version that a share of new people enters by way of trial.
 *
 * Owns: the row of one, its beginning and its end, and which version somebody enters. Does not own: what it
 * publishes (src/http/canary.ts), counting (canary-figures.ts), the rates (src/journey/canary.ts).
 *
 * 1. `canaryVersion` of the workflow names the one that runs. Both rows change in one transaction that holds the
 *    workflow's, so there is one at most, and it ends once.
 * 2. Who enters it depends on the contact, the version and the share alone: she enters the same version again, and a
 *    larger share takes nobody out.
 * 3. Its end concerns those who enter later; who is inside goes on.
 */
import { createHash } from 'node:crypto';
import { and, desc, eq } from 'drizzle-orm';
import type { CanaryDecision, CanaryLimits } from '../journey/canary';
import type { Tx } from './client';
import { canaries } from './schema/canaries';
import { workflows } from './schema/workflows';
import type { WorkflowRow } from './workflows';

export type CanaryRow = typeof canaries.$inferSelect;

/** The version that somebody enters, and the canary that ran when she did. */
export interface Entered {
  readonly version: number;
  readonly canary: number | null;
}

/** Which version a contact enters: the active one, or the canary beside it. */
export async function versionToEnter(
  tx: Tx,
  workflow: WorkflowRow,
  entry: { readonly contactId: string; readonly activeVersion: number },
): Promise<Entered> {
  const { contactId, activeVersion } = entry;
  // The row was read a moment ago; what counts is whether the canary runs now.
  const running = workflow.canaryVersion === null ? null : await runningCanary(tx, workflow.id);
  if (running === null) return { version: activeVersion, canary: null };
  const { version: canary, share } = running;
  const isChosen = fractionOf(`${workflow.id}/${canary}/${contactId}`) * 100 < share;
  return { version: isChosen ? canary : activeVersion, canary };
}

/** Between 0 and 1, the same for the same text. */
function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** The canary that runs, or null. */
export async function runningCanary(tx: Tx, workflowId: string): Promise<CanaryRow | null> {
  const [row] = await tx
    .select()
    .from(canaries)
    .where(and(eq(canaries.workflowId, workflowId), eq(canaries.state, 'running')));
  return row ?? null;
}

/** The latest canary of a workflow, running or over; null when it never had one. */
export async function latestCanary(tx: Tx, workflowId: string): Promise<CanaryRow | null> {
  const [row] = await tx
    .select()
    .from(canaries)
    .where(eq(canaries.workflowId, workflowId))
    .orderBy(desc(canaries.version))
    .limit(1);
  return row ?? null;
}

export interface NewCanary {
  readonly workflowId: string;
  readonly version: number;
  /** The version that everybody else goes on entering. */
  readonly activeVersion: number;
  readonly share: number;
  readonly limits: CanaryLimits;
  readonly beganBy: string;
  readonly beganAt: Date;
}

/** Lets a share of new people enter a version from now on. The transaction holds the workflow, which has no canary. */
export async function beginCanary(tx: Tx, canary: NewCanary): Promise<void> {
  await tx.insert(canaries).values(canary);
  await setCanaryVersion(tx, canary.workflowId, canary.version);
}

/** Changes the share or the limits of a canary that the transaction holds. */
export async function changeCanary(
  tx: Tx,
  { workflowId, version }: CanaryRow,
  changes: { readonly share: number; readonly limits: CanaryLimits },
): Promise<void> {
  await tx
    .update(canaries)
    .set(changes)
    .where(and(eq(canaries.workflowId, workflowId), eq(canaries.version, version)));
}

export interface CanaryEnd {
  readonly state: 'halted' | 'promoted';
  readonly at: Date;
  readonly decision: CanaryDecision;
}

/** Ends a canary: nobody enters it any more as one. The transaction holds the workflow, whose canary runs. */
export async function endCanary(
  tx: Tx,
  { workflowId, version }: Pick<CanaryRow, 'workflowId' | 'version'>,
  { state, at: decidedAt, decision }: CanaryEnd,
): Promise<void> {
  await tx
    .update(canaries)
    .set({ state, decidedAt, decision })
    .where(and(eq(canaries.workflowId, workflowId), eq(canaries.version, version)));
  await setCanaryVersion(tx, workflowId, null);
}

async function setCanaryVersion(
  tx: Tx,
  workflowId: string,
  canaryVersion: number | null,
): Promise<void> {
  await tx.update(workflows).set({ canaryVersion }).where(eq(workflows.id, workflowId));
}
