/** What the relay's role may do across workspaces besides delivering: chores, and finding open rows. */
import type { JSONValue } from 'postgres';
import type { Database } from './client';
import { databaseFailure } from './failure';

/** How far a chore has come; the next claimant goes on from there. */
export type ChoreProgress = JSONValue;

export type ChoreClaim =
  | { readonly claimed: true; readonly progress: ChoreProgress }
  /** Somebody else has it, or it was done not long ago. */
  | { readonly claimed: false; readonly dueInMs: number };

/**
 * Takes a chore that is due, so that of many processes one does it. A claimant that dies gives it up
 * after `leaseMs`. Needs the role throughline_relay.
 */
export async function claimChore(db: Database, name: string, leaseMs: number): Promise<ChoreClaim> {
  const [row] = await db.sql<{ claimed: boolean; dueInMs: number; progress: ChoreProgress }[]>`
    select claimed, due_in_ms as "dueInMs", progress from throughline.claim_chore(${name}, ${leaseMs})`.catch(
    refuse,
  );
  if (row?.claimed) return { claimed: true, progress: row.progress };
  return { claimed: false, dueInMs: row?.dueInMs ?? 0 };
}

/** Ends a chore for now; it is due again after `dueInMs`. */
export async function finishChore(
  db: Database,
  name: string,
  { dueInMs, progress }: { dueInMs: number; progress: ChoreProgress },
): Promise<void> {
  await db.sql`select throughline.finish_chore(${name}, ${dueInMs}, ${db.sql.json(progress)})`.catch(
    refuse,
  );
}

/** Makes the coming partitions of events, and forgets ids whose window is over. Repeatable. */
export async function maintain(db: Database): Promise<void> {
  await db.sql`select throughline.maintain()`.catch(refuse);
}

export interface OpenEnrollment {
  readonly workspaceId: string;
  readonly id: string;
  readonly temporalWorkflowId: string;
  /** Null until it was started. */
  readonly temporalRunId: string | null;
}

/** A row of one workspace; where a chore goes on in the order of all of them. */
export type Place = Pick<OpenEnrollment, 'workspaceId' | 'id'>;

const NIL = '00000000-0000-0000-0000-000000000000';
const BEGINNING: Place = { workspaceId: NIL, id: NIL };

/** The place that a chore has noted; null for the beginning. */
export function placeOf(progress: ChoreProgress): Place | null {
  if (progress === null || typeof progress !== 'object') return null;
  const { workspaceId, id } = progress as { workspaceId?: unknown; id?: unknown };
  return typeof workspaceId === 'string' && typeof id === 'string' ? { workspaceId, id } : null;
}

/** Open enrollments of every workspace, in a fixed order, behind `after`. Needs throughline_relay. */
export async function listOpenEnrollments(
  db: Database,
  page: {
    after: Place | null;
    startedBefore: Date;
    limit: number;
  },
): Promise<OpenEnrollment[]> {
  const { workspaceId, id } = page.after ?? BEGINNING;
  const rows = await db.sql<OpenEnrollment[]>`
    select workspace_id as "workspaceId", id, temporal_workflow_id as "temporalWorkflowId",
      temporal_run_id as "temporalRunId"
    from throughline.open_enrollments(${workspaceId}, ${id}, ${page.startedBefore}, ${page.limit})`.catch(
    refuse,
  );
  return [...rows];
}

export interface OrphanedDelivery extends Place {
  readonly effectKey: string;
}

/**
 * Deliveries that are claimed or unknown and were not claimed for `quietMs`, of visits and enrollments that have
 * ended or wait for proof, of every workspace, in a fixed order, behind `after`. Those unknown for longer than
 * `askedForMs` are left out.
 * Needs throughline_relay.
 */
export async function listOrphanedDeliveries(
  db: Database,
  page: {
    after: Place | null;
    provider: string;
    quietMs: number;
    askedForMs: number;
    limit: number;
  },
): Promise<OrphanedDelivery[]> {
  const { workspaceId, id } = page.after ?? BEGINNING;
  const { provider, quietMs, askedForMs, limit } = page;
  const rows = await db.sql<OrphanedDelivery[]>`
    select workspace_id as "workspaceId", id, effect_key as "effectKey"
    from throughline.orphaned_deliveries(${workspaceId}, ${id}, ${provider}, ${quietMs}, ${askedForMs}, ${limit})`.catch(
    refuse,
  );
  return [...rows];
}

export interface AbandonedCall {
  readonly workspaceId: string;
  readonly effectKey: string;
}

/**
 * Calls of ended visits and enrollments whose claim is older than `quietMs` and has no outcome, of every workspace, in
 * a fixed order, behind `after`. Needs throughline_relay.
 */
export async function listAbandonedCalls(
  db: Database,
  page: { after: AbandonedCall | null; quietMs: number; limit: number },
): Promise<AbandonedCall[]> {
  const { workspaceId, effectKey } = page.after ?? { workspaceId: NIL, effectKey: '' };
  const rows = await db.sql<AbandonedCall[]>`
    select workspace_id as "workspaceId", effect_key as "effectKey"
    from throughline.abandoned_calls(${workspaceId}, ${effectKey}, ${page.quietMs}, ${page.limit})`.catch(
    refuse,
  );
  return [...rows];
}

export interface RunningCanary {
  readonly workspaceId: string;
  readonly workflowId: string;
}

/**
 * Workflows with a canary that runs, of every workspace, in a fixed order, behind `after`, whose id is a workflow's.
 * Needs throughline_relay.
 */
export async function listRunningCanaries(
  db: Database,
  page: { after: Place | null; limit: number },
): Promise<RunningCanary[]> {
  const { workspaceId, id } = page.after ?? BEGINNING;
  const rows = await db.sql<RunningCanary[]>`
    select workspace_id as "workspaceId", workflow_id as "workflowId"
    from throughline.running_canaries(${workspaceId}, ${id}, ${page.limit})`.catch(refuse);
  return [...rows];
}

function refuse(error: unknown): never {
  throw databaseFailure(error);
}
