/**
 * One person's turn in a job that lets many in.
 *
 * Invariants:
 * 1. One person, one transaction: nobody who comes by herself waits for more than one admission, and what is wrong
 *    with one person is undone without the others.
 * 2. The transaction holds the job's row, and moves its cursor or takes the person off those to come. So a turn that
 *    is taken again after a crash, or by two workers, is taken once.
 * 3. Nobody enters twice by one job, whatever the rules of the workflow allow: her enrollment names the job.
 */
import { and, eq } from 'drizzle-orm';
import { AppError } from '../errors';
import { admitEnrollment, causedByJob } from './admission';
import type { Database, Tx } from './client';
import type { EntryInput } from './entry-job';
import type { Judge } from './entry-rules';
import type { FoundPerson } from './entry-sources/paged-source';
import { DatabaseError } from './failure';
import { type GivenPerson, noteRefused, takeNamed } from './job-people';
import { holdJob, type JobRow, type JobStatus } from './jobs';
import { saveContact } from './save-contact';
import { enrollments } from './schema/enrollments';
import { jobs } from './schema/jobs';

/** Somebody whose turn it is: named in the job, or found behind the contact that was looked at before. */
export type NextPerson = GivenPerson | (FoundPerson & { readonly after: string | null });

export interface JobPlace {
  readonly workspaceId: string;
  readonly jobId: string;
}

/** How the job stands afterwards; `moved` when it was not her turn any more, null when there is no such job. */
export type TurnOutcome = JobStatus | 'moved' | null;

interface Refused {
  readonly contactId: string | null;
  readonly reason: string;
}

/** Lets a person in or notes why not. Fails with what may pass by itself. */
export async function takeTurn(
  db: Database,
  { workspaceId, jobId }: JobPlace,
  person: NextPerson,
  judge: Judge,
): Promise<TurnOutcome> {
  const turn = (decide: (tx: Tx, job: JobRow) => Promise<Refused | null>) =>
    db.inWorkspace(workspaceId, (tx) => inTurn(tx, jobId, person, decide));
  try {
    return await turn((tx, job) => letIn(tx, job, person, judge));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    const contactId = 'contactId' in person ? person.contactId : null;
    return turn(async () => ({ contactId, reason }));
  }
}

async function inTurn(
  tx: Tx,
  jobId: string,
  person: NextPerson,
  decide: (tx: Tx, job: JobRow) => Promise<Refused | null>,
): Promise<TurnOutcome> {
  const job = await holdJob(tx, jobId);
  if (job === null || job.status !== 'running') return job?.status ?? null;
  const isNext =
    'after' in person ? job.cursor === person.after : await takeNamed(tx, jobId, person.position);
  if (!isNext) return 'moved';
  const refused = await decide(tx, job);
  const passed = 'after' in person ? person.passedBefore : 0;
  const ordered = job.ordered + passed + 1;
  const position = 'after' in person ? ordered : person.position;
  if (refused !== null) await noteRefused(tx, jobId, { ...refused, position, detail: null });
  await tx
    .update(jobs)
    .set({
      ordered,
      passedOver: job.passedOver + passed,
      ...('after' in person ? { cursor: person.contactId } : {}),
      ...(refused === null
        ? { applied: job.applied + 1 }
        : {
            reasons: { ...job.reasons, [refused.reason]: 1 + (job.reasons[refused.reason] ?? 0) },
          }),
    })
    .where(eq(jobs.id, jobId));
  return 'running';
}

/** The person was a contact before, or is one now. */
async function letIn(
  tx: Tx,
  job: JobRow,
  person: NextPerson,
  judge: Judge,
): Promise<Refused | null> {
  const at = new Date();
  const { variables = {}, key } = job.input as EntryInput;
  const row = 'input' in person ? person.input : null;
  const contactId =
    'input' in person
      ? (await saveContact(tx, person.input.contact, at, 'bulk')).contact.id
      : person.contactId;
  if (await enteredBefore(tx, job.id, contactId)) return { contactId, reason: 'row.duplicate' };
  const admitted = await admitEnrollment(tx, {
    ...{ workflowId: job.workflowId, contactId, key, at, judge, jobId: job.id },
    variables: { ...variables, ...row?.variables },
  });
  return 'blocked' in admitted ? { contactId, reason: admitted.blocked } : null;
}

async function enteredBefore(tx: Tx, jobId: string, contactId: string): Promise<boolean> {
  const found = await tx
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(and(eq(enrollments.causedBy, causedByJob(jobId)), eq(enrollments.contactId, contactId)));
  return found.length > 0;
}

/** Values that PostgreSQL refuses for themselves. */
const DATA_EXCEPTION = /^22/;

/** Why this person cannot be let in, however often it is tried; null when it may go well another time. */
function reasonOf(error: unknown): string | null {
  if (error instanceof AppError && error.status < 500) return error.code;
  if (error instanceof DatabaseError && DATA_EXCEPTION.test(error.code)) return 'row.not_storable';
  return null;
}
