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

const NIL = '00000000-0000-0000-0000-000000000000';

/** Open enrollments of every workspace, in a fixed order, behind `after`. Needs throughline_relay. */
export async function listOpenEnrollments(
  db: Database,
  page: {
    after: Pick<OpenEnrollment, 'workspaceId' | 'id'> | null;
    startedBefore: Date;
    limit: number;
  },
): Promise<OpenEnrollment[]> {
  const { workspaceId, id } = page.after ?? { workspaceId: NIL, id: NIL };
  const rows = await db.sql<OpenEnrollment[]>`
    select workspace_id as "workspaceId", id, temporal_workflow_id as "temporalWorkflowId",
      temporal_run_id as "temporalRunId"
    from throughline.open_enrollments(${workspaceId}, ${id}, ${page.startedBefore}, ${page.limit})`.catch(
    refuse,
  );
  return [...rows];
}

function refuse(error: unknown): never {
  throw databaseFailure(error);
}
