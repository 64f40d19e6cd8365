/**
 * What a job that lets people in does in a second.
 *
 * Owns: whose turn it is, and how fast. Does not own: a turn (entry-turn.ts), which people are meant (entry-sources).
 *
 * Invariants:
 * 1. Each turn commits by itself. A batch that is taken again after a crash goes on behind the last turn.
 * 2. People are let in no faster than their journeys begin: a start that waits in the relay or in the queue of a busy
 *    worker is one more in front of those who come by themselves. One that does not begin for long holds nobody up.
 * 3. While the workflow is paused the job waits; when it is archived, everybody is refused.
 */
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { causedByJob } from './admission';
import type { Database, Tx } from './client';
import { isPaged, type PagedSelection, pageOfPeople } from './entry-sources';
import type { Judge } from './entry-rules';
import { type JobPlace, type NextPerson, takeTurn } from './entry-turn';
import { firstIdAt } from './id-time';
import { nextNamed } from './job-people';
import { getJob, holdJob, type JobRow, type JobStatus } from './jobs';
import { enrollments } from './schema/enrollments';
import { jobs } from './schema/jobs';
import { getWorkflow } from './workflows';

/** A batch is begun each second; what does not fit is left to the next. */
const BATCH_MS = 1_000;
/** How long people are looked for, so that turns have the larger part of a batch. */
const SEARCH_MS = 400;
/** How many seconds' worth of journeys may not have begun. */
const UNBEGUN_SECONDS = 2;
/** Behind that a journey no longer counts: something is wrong with it. */
const BEGUN_WITHIN_MS = 60_000;

/**
 * Lets in whom the rate allows in a second, and answers how the job stands; null when there is no such job. Behind
 * `longestMs` it begins no other turn.
 */
export async function enterNext(
  db: Database,
  place: JobPlace,
  judge: Judge,
  longestMs = BATCH_MS,
): Promise<JobStatus | null> {
  const until = performance.now() + longestMs;
  const inside = <T>(work: (tx: Tx) => Promise<T>) => db.inWorkspace(place.workspaceId, work);
  const batch = await inside((tx) => plan(tx, place.jobId, judge));
  if (batch === null || batch.status !== 'running') return batch?.status ?? null;
  for (const person of batch.people) {
    const outcome = await takeTurn(db, place, person, judge);
    if (outcome === 'moved') return 'running';
    if (outcome !== 'running') return outcome;
    if (performance.now() >= until) return 'running';
  }
  return batch.rest === null ? 'running' : inside((tx) => finish(tx, place.jobId, batch.rest));
}

/** What is to be noted behind the last turn of a batch. */
interface Rest {
  /** The cursor that the last turn leaves. */
  readonly behind: string | null;
  readonly last: string | null;
  readonly passed: number;
  readonly ended: boolean;
}

interface Batch {
  readonly status: JobStatus;
  readonly people: readonly NextPerson[];
  readonly rest: Rest | null;
}

async function plan(tx: Tx, jobId: string, judge: Judge): Promise<Batch | null> {
  const job = await getJob(tx, jobId);
  if (job === null) return null;
  const { status, selection, perSecond } = job;
  const idle = { status, people: [], rest: null };
  if (status !== 'running') return idle;
  const workflow = await getWorkflow(tx, job.workflowId);
  if (workflow?.status === 'paused') return idle;
  const at = new Date();
  const room = perSecond * UNBEGUN_SECONDS - (await unbegun(tx, job, at));
  const limit = Math.min(perSecond, room);
  if (limit <= 0) return idle;
  if (isPaged(selection)) return planPage(tx, job, selection, { limit, judge, at });
  const people = await nextNamed(tx, jobId, limit);
  const ended = people.length < limit;
  const { cursor } = job;
  return {
    status,
    people,
    rest: ended ? { behind: cursor, last: cursor, passed: 0, ended } : null,
  };
}

async function planPage(
  tx: Tx,
  { status, cursor, createdAt: madeAt }: JobRow,
  selection: PagedSelection,
  { limit, judge, at }: { readonly limit: number; readonly judge: Judge; readonly at: Date },
): Promise<Batch> {
  const until = performance.now() + SEARCH_MS;
  const asked = { selection, madeAt, after: cursor, limit, judge, at, until };
  const page = await pageOfPeople(tx, asked);
  let after = cursor;
  const people = page.people.map((person) => {
    const next = { ...person, after };
    after = person.contactId;
    return next;
  });
  const { last, passedBehind: passed, ended } = page;
  return { status, people, rest: { behind: after, last, passed, ended } };
}

/** Notes those who were looked at in vain, and the end. */
async function finish(tx: Tx, jobId: string, rest: Rest | null): Promise<JobStatus | null> {
  const job = await holdJob(tx, jobId);
  if (job === null || rest === null || job.status !== 'running' || job.cursor !== rest.behind)
    return job?.status ?? null;
  const { last, passed, ended } = rest;
  const status: JobStatus = ended ? 'done' : 'running';
  await tx
    .update(jobs)
    .set({
      ...{ status, cursor: last, endedAt: ended ? new Date() : null },
      ordered: job.ordered + passed,
      passedOver: job.passedOver + passed,
    })
    .where(eq(jobs.id, jobId));
  return status;
}

/** How many of those whom the job has let in have not been taken up by a worker. */
async function unbegun(tx: Tx, { id, perSecond }: JobRow, at: Date): Promise<number> {
  const rows = await tx
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(
      and(
        isNull(enrollments.endedAt),
        gt(enrollments.id, firstIdAt(new Date(at.getTime() - BEGUN_WITHIN_MS))),
        eq(enrollments.causedBy, causedByJob(id)),
        sql`${enrollments.currentNodeIds} = '{}'`,
      ),
    )
    .limit(perSecond * UNBEGUN_SECONDS);
  return rows.length;
}
