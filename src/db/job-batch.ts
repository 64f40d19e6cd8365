/**
 * The next of a job's orders.
 *
 * Invariants:
 * 1. Orders and cursor commit together, and the job's row is held meanwhile. So a batch that is taken again after a
 *    crash is the next one, and nobody is ordered twice.
 * 2. A job goes no faster than its orders are judged: workflows that all have a bell at once time out in the queue of
 *    a busy worker, and each costs more then. Orders that nobody judges for long hold nothing up.
 */
import { and, asc, count, eq, gt, lt } from 'drizzle-orm';
import type { Tx } from './client';
import { orderForMany } from './commands';
import { holdJob, type JobRow, type JobStatus, RETRY } from './jobs';
import { retryMany } from './retry-many';
import { commands } from './schema/commands';
import { enrollments } from './schema/enrollments';
import { jobs } from './schema/jobs';
import { type Selection, selected } from './selection';

/** How many seconds' worth of orders may be unjudged. */
const UNJUDGED_SECONDS = 2;
/** Behind that an order no longer counts: its enrollment may have no workflow. */
const JUDGED_WITHIN_MS = 60_000;

/** Orders what the rate allows in a second, and answers how the job stands; null when there is no such job. */
export async function orderNext(tx: Tx, jobId: string, at: Date): Promise<JobStatus | null> {
  const job = await holdJob(tx, jobId);
  if (job === null || job.status !== 'running') return job?.status ?? null;
  const room = job.perSecond * UNJUDGED_SECONDS - (await unjudged(tx, jobId, at));
  const limit = Math.min(job.perSecond, room);
  if (limit <= 0) return job.status;
  const ids = await nextOf(tx, job, limit);
  const { commandType: type, input, createdBy: requestedBy } = job;
  if (type === RETRY) await retryMany(tx, ids, { requestedBy, jobId }, at);
  else await orderForMany(tx, ids, { type, input, requestedBy, jobId });
  const done = ids.length < limit;
  const status: JobStatus = done ? 'done' : 'running';
  const cursor = ids.at(-1) ?? job.cursor;
  const ordered = job.ordered + ids.length;
  await tx
    .update(jobs)
    .set({ status, ordered, cursor, endedAt: done ? at : null })
    .where(eq(jobs.id, jobId));
  return status;
}

async function unjudged(tx: Tx, jobId: string, at: Date): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(commands)
    .where(
      and(
        eq(commands.jobId, jobId),
        eq(commands.status, 'pending'),
        gt(commands.requestedAt, new Date(at.getTime() - JUDGED_WITHIN_MS)),
      ),
    );
  return row?.count ?? 0;
}

async function nextOf(tx: Tx, job: JobRow, limit: number): Promise<string[]> {
  const rows = await tx
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(
      and(
        selected(job.workflowId, job.selection as Selection),
        job.cursor === null ? undefined : gt(enrollments.id, job.cursor),
        lt(enrollments.id, job.id),
      ),
    )
    .orderBy(asc(enrollments.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}
