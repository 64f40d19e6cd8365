/**
 * What is done for many: a job's row, and what operators do to it.
 *
 * Invariants:
 * J1. Commands are for those who had entered when the job was made: ids are in the order of their making, its own too.
 * J2. Whatever changes a job leaves its workflow a doorbell in the same commit.
 */
import { desc, eq, lt } from 'drizzle-orm';
import { newId } from '../ids';
import type { Command } from '../journey/commands';
import { recordAudit } from './audit';
import type { Tx } from './client';
import { forgetPending } from './job-people';
import type { JsonObject } from './json';
import { enqueue } from './outbox';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { jobs, type JobStatus } from './schema/jobs';
import { countSelected, type Selection } from './selection';

export type { JobStatus } from './schema/jobs';
export type JobRow = typeof jobs.$inferSelect;

/** To let those who failed go on, which is done to their rows and not by their workflows. */
export interface RetryOrder {
  readonly type: 'retry';
  readonly input: Readonly<Record<string, never>>;
}

export interface CommandJob {
  readonly workflowId: string;
  readonly command: Command | RetryOrder;
  readonly selection: Selection;
  /** Orders per second, 50 unless told. */
  readonly perSecond?: number | undefined;
  readonly createdBy: string;
}

const PER_SECOND = 50;

/** Stores a job that orders a command for everybody selected, and has the relay start it. */
export async function startCommandJob(
  tx: Tx,
  { workflowId, command, selection, perSecond, createdBy }: CommandJob,
): Promise<JobRow> {
  const total = await countSelected(tx, workflowId, selection);
  const { type: commandType } = command;
  const [input, where] = [command.input as JsonObject, selection as JsonObject];
  return storeJob(
    tx,
    {
      ...{ type: 'commands', workflowId, commandType, input, selection: where },
      ...{ perSecond, total, createdBy },
    },
    { workflowId, commandType, input, selection: where, total },
  );
}

type NewJob = Omit<typeof jobs.$inferInsert, 'id' | 'perSecond'> & {
  readonly perSecond?: number | undefined;
};

/** Stores a job and has the relay start it, with an audit row whose `detail` has no personal data. */
export async function storeJob(
  tx: Tx,
  { perSecond = PER_SECOND, ...job }: NewJob,
  detail: JsonObject,
): Promise<JobRow> {
  const id = newId();
  const [row] = await tx
    .insert(jobs)
    .values({ ...job, id, perSecond })
    .returning();
  if (row === undefined) throw new Error(`The job ${id} was not stored.`);
  await ringJob(tx, id);
  await auditJob(tx, id, { actor: job.createdBy, did: 'created', detail });
  return row;
}

export async function getJob(tx: Tx, id: string): Promise<JobRow | null> {
  const [row] = await tx.select().from(jobs).where(eq(jobs.id, id));
  return row ?? null;
}

/** The job, held until the end of the transaction. */
export async function holdJob(tx: Tx, id: string): Promise<JobRow | null> {
  const [row] = await tx.select().from(jobs).where(eq(jobs.id, id)).for('update');
  return row ?? null;
}

/** Jobs, the newest first. */
export async function listJobs(tx: Tx, page: Page): Promise<Listed<JobRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(jobs)
    .where(after === null ? undefined : lt(jobs.id, after))
    .orderBy(desc(jobs.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

export type JobOrder = 'pause' | 'resume' | 'cancel';

const BECOMES = {
  pause: { status: 'paused', did: 'paused' },
  resume: { status: 'running', did: 'resumed' },
  cancel: { status: 'cancelled', did: 'cancelled' },
} as const satisfies Record<JobOrder, { status: JobStatus; did: string }>;

/**
 * Pauses, resumes or cancels a job that the transaction holds; null when it is over, unless it is so already.
 * Commands that it has ordered stay ordered.
 */
export async function steerJob(
  tx: Tx,
  job: JobRow,
  order: JobOrder,
  actor: string,
): Promise<JobRow | null> {
  const { status, did } = BECOMES[order];
  if (job.status === status) return job;
  if (job.endedAt !== null) return null;
  const endedAt = status === 'cancelled' ? new Date() : null;
  const [row] = await tx
    .update(jobs)
    .set({ status, endedAt })
    .where(eq(jobs.id, job.id))
    .returning();
  if (endedAt !== null) await forgetPending(tx, job.id);
  await ringJob(tx, job.id);
  await auditJob(tx, job.id, { actor, did, detail: { ordered: job.ordered } });
  return row ?? null;
}

async function ringJob(tx: Tx, jobId: string): Promise<void> {
  await enqueue(tx, { kind: 'job', payload: { jobId } });
}

async function auditJob(
  tx: Tx,
  subjectId: string,
  { actor, did, detail }: { actor: string; did: string; detail: JsonObject },
): Promise<void> {
  await recordAudit(tx, { actor, action: `job.${did}`, subjectType: 'job', subjectId, detail });
}
