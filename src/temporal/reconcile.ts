/**
 * Brings rows in line with executions that ended without telling: terminated, cancelled or reset in the
 * Web UI, failed, timed out, or gone.
 *
 * Owns: comparing open rows with Temporal, a page at a time. Does not own: how an enrollment ends by
 * itself (activities/finish.ts), or when this runs (upkeep.ts).
 *
 * Invariants:
 * R1. Visibility lags behind, so it only says whom nobody need ask about; a row is closed on the word
 *     of `describe`, which does not lag.
 * R2. An end is final, whoever noted it. A run that was reset after the end comes upon stored steps
 *     and a closed row: it sends nothing, and the row stays as it is. To let the person go on, enroll
 *     her again, or retry an enrollment that failed: an execution of its own, under another workflow id. A run that was reset before the end just goes on, under a new run id.
 * R3. Absence proves nothing where nothing is found: a namespace that knows no execution of a page is
 *     taken for the wrong one, and its rows stay open.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Database } from '../db/client';
import { endEnrollment } from '../db/end-enrollment';
import {
  type Closing,
  type EnrollmentRow,
  getEnrollment,
  holdEnrollment,
  noteRun,
} from '../db/enrollments';
import { listOpenEnrollments, type OpenEnrollment, type Place, placeOf } from '../db/upkeep';
import type { ErrorCode } from '../errors';
import type { Logger } from '../log';
import { ENROLLMENT_WORKFLOW } from '../../workflows/messages';
import type { Enrollments } from './enrollments';
import { errorCode } from './error-code';
import type { Chore } from './upkeep';

export interface ReconcileOptions {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly client: Client;
  readonly enrollments: Pick<Enrollments, 'start'>;
  readonly log: Logger;
  /** Younger rows are the relay's, which is about to start them. A minute unless told. */
  readonly graceMs?: number;
}

type Finding =
  | { readonly kind: 'running'; readonly runId: string }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly at: Date }
  | { readonly kind: 'absent' };

type Ending = Omit<Closing, 'at'>;
type Compared = readonly [row: OpenEnrollment, finding: Finding];

const EVERY_MS = 60_000;
const GRACE_MS = 60_000;
/** As many ids as a visibility query may name without becoming long. */
const PAGE = 100;
const PAGES_AT_MOST = 50;

const failed = (code: ErrorCode): Ending => ({ status: 'failed', error: { code } });
const LOST = failed('enrollment.execution_lost');
const ENDINGS: Readonly<Record<string, Ending>> = {
  TERMINATED: { status: 'cancelled', reason: 'terminated in Temporal' },
  CANCELLED: { status: 'cancelled', reason: 'cancelled in Temporal' },
  FAILED: failed('enrollment.execution_failed'),
  TIMED_OUT: failed('enrollment.execution_timed_out'),
  COMPLETED: failed('enrollment.execution_unrecorded'),
};

/** Compares some thousand rows a minute, going round through all of them. */
export function reconciliation(options: ReconcileOptions): Chore {
  return {
    name: 'reconcile',
    everyMs: EVERY_MS,
    async run(progress, stopping) {
      let after = placeOf(progress);
      for (let page = 0; page < PAGES_AT_MOST && !stopping.aborted; page += 1) {
        const from = after;
        after = await options.client.connection.withAbortSignal(stopping, () =>
          reconcilePage(options, from),
        );
        if (after === null) break;
      }
      return after;
    },
  };
}

/** Compares the open rows behind `after` with Temporal; returns where to go on, null at the end. */
export async function reconcilePage(
  options: ReconcileOptions,
  after: Place | null,
): Promise<Place | null> {
  const { outbox, client, log, graceMs = GRACE_MS } = options;
  const startedBefore = new Date(Date.now() - graceMs);
  const rows = await listOpenEnrollments(outbox, { after, startedBefore, limit: PAGE });
  const last = rows.at(-1);
  if (last === undefined) return null;
  const running = await runningRuns(client, rows);
  const compared: Compared[] = await Promise.all(
    rows.map(async (row) => [
      row,
      running.get(row.temporalWorkflowId) ?? (await look(client, row)),
    ]),
  );
  const known = compared.some(([, finding]) => finding.kind !== 'absent');
  for (const [row, finding] of compared) {
    try {
      await settle(options, row, finding, known);
    } catch (error) {
      // One row must not keep the others from their turn; it has its own in the next round.
      const fields = { event: 'reconcile.failed', enrollmentId: row.id, error: errorCode(error) };
      log.warn(fields, 'An enrollment could not be compared with Temporal.');
    }
  }
  return rows.length < PAGE ? null : { workspaceId: last.workspaceId, id: last.id };
}

async function settle(
  options: ReconcileOptions,
  row: OpenEnrollment,
  finding: Finding,
  known: boolean,
): Promise<void> {
  const { db, enrollments, log } = options;
  const { workspaceId, id, temporalRunId } = row;
  if (finding.kind === 'ended') return close(options, row, finding.ending, finding.at);
  if (finding.kind === 'running') {
    if (finding.runId === temporalRunId) return;
    return db.inWorkspace(workspaceId, (tx) => noteRun(tx, id, finding.runId));
  }
  if (temporalRunId === null) {
    const enrollment = await db.inWorkspace(workspaceId, (tx) => getEnrollment(tx, id));
    if (isStillToStart(enrollment)) await enrollments.start(enrollment);
    return;
  }
  if (known) return close(options, row, LOST, new Date());
  const fields = { event: 'reconcile.nothing_found', workspaceId, enrollmentId: id };
  log.warn(fields, 'Temporal knows none of these enrollments. Is it the right namespace?');
}

function isStillToStart(enrollment: EnrollmentRow | null): enrollment is EnrollmentRow {
  return enrollment?.endedAt === null && enrollment.temporalRunId === null;
}

async function close(
  { db, log }: ReconcileOptions,
  { workspaceId, id, temporalWorkflowId }: OpenEnrollment,
  ending: Ending,
  at: Date,
): Promise<void> {
  const closed = await db.inWorkspace(workspaceId, async (tx) => {
    const now = await holdEnrollment(tx, id);
    // It may have failed and been tried again since the page was read.
    if (now?.temporalWorkflowId !== temporalWorkflowId || now.endedAt !== null) return false;
    await endEnrollment(tx, id, { ...ending, at });
    return true;
  });
  if (!closed) return;
  const { status, reason, error } = ending;
  const fields = { workspaceId, enrollmentId: id, status, reason, code: error?.['code'] };
  log.info({ event: 'reconcile.closed', ...fields }, 'An enrollment had ended in Temporal.');
}

/** The executions of a page that run, in one query. */
async function runningRuns(
  client: Client,
  rows: readonly OpenEnrollment[],
): Promise<Map<string, Finding>> {
  const ids = rows.map((row) => `"${row.temporalWorkflowId}"`).join(', ');
  const query = `WorkflowType = "${ENROLLMENT_WORKFLOW}" AND ExecutionStatus = "Running" AND WorkflowId IN (${ids})`;
  const running = new Map<string, Finding>();
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: PAGE }))
    running.set(workflowId, { kind: 'running', runId });
  return running;
}

async function look(client: Client, { temporalWorkflowId }: OpenEnrollment): Promise<Finding> {
  try {
    const { status, runId, closeTime } = await client.workflow
      .getHandle(temporalWorkflowId)
      .describe();
    const ending = ENDINGS[status.name];
    return ending === undefined
      ? { kind: 'running', runId }
      : { kind: 'ended', ending, at: closeTime ?? new Date() };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'absent' };
    throw error;
  }
}
