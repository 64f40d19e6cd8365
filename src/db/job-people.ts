/**
 * People whom a job names one by one: those who are still to come, and those who were refused.
 *
 * What a file says about somebody is personal: it is here until her turn and no longer, and goes with the job that is
 * cancelled, and with the person who is erased.
 */
import { and, asc, eq, gt, or, type SQL, sql } from 'drizzle-orm';
import type { Tx } from './client';
import type { ContactInput, ContactRow } from './contacts';
import type { JsonObject } from './json';
import { BY_SEQUENCE, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { jobPeople } from './schema/job-people';

/** Somebody whom a file describes: her contact is created or changed first. */
export interface RowInput {
  readonly contact: ContactInput;
  /** What she brings along besides the variables of the job. */
  readonly variables?: JsonObject | undefined;
}

/** Somebody who was named: by her id, or by a row of a file. */
export type GivenPerson = { readonly position: number } & (
  | { readonly contactId: string }
  | { readonly input: RowInput }
);

/** Somebody who cannot be let in, and why: a code, and for a row what is wrong with it. */
export interface RefusedPerson {
  readonly position: number;
  readonly contactId: string | null;
  readonly reason: string;
  readonly detail: string | null;
}

/** One statement takes this many rows. */
const ROWS_AT_ONCE = 2_000;

/** Notes whom a job is to let in, and whom it cannot. */
export async function namePeople(
  tx: Tx,
  jobId: string,
  people: readonly GivenPerson[],
  refused: readonly RefusedPerson[],
): Promise<void> {
  const rows = [
    ...people.map((person) => ({ ...person, status: 'pending' })),
    ...refused.map((person) => ({ ...person, status: 'refused' })),
  ];
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE));
    // One parameter: a statement with one for each value takes tens of times as long to be made.
    await tx.execute(sql`
      insert into ${jobPeople} (job_id, position, status, contact_id, input, reason, detail)
      select ${jobId}, position, status, "contactId", input, reason, detail
      from jsonb_to_recordset(${some}::jsonb) as it(
        position integer, status text, "contactId" uuid, input jsonb, reason text, detail text)`);
  }
}

/** Those who are next, in order. */
export async function nextNamed(tx: Tx, jobId: string, limit: number): Promise<GivenPerson[]> {
  const rows = await tx
    .select()
    .from(jobPeople)
    .where(and(eq(jobPeople.jobId, jobId), isPending))
    .orderBy(asc(jobPeople.position))
    .limit(limit);
  return rows.map(({ position, contactId, input }) =>
    contactId === null
      ? { position, input: input as unknown as RowInput }
      : { position, contactId },
  );
}

const isPending = sql`${jobPeople.status} = 'pending'`;

/** Takes somebody off those who are to come; false when that was done already. */
export async function takeNamed(tx: Tx, jobId: string, position: number): Promise<boolean> {
  const taken = await tx
    .delete(jobPeople)
    .where(and(eq(jobPeople.jobId, jobId), eq(jobPeople.position, position), isPending))
    .returning({ position: jobPeople.position });
  return taken.length > 0;
}

/** Notes somebody who was refused when her turn came. */
export async function noteRefused(tx: Tx, jobId: string, person: RefusedPerson): Promise<void> {
  await tx.insert(jobPeople).values({ ...person, jobId, status: 'refused' });
}

/** Forgets those who are still to come. */
export async function forgetPending(tx: Tx, jobId: string): Promise<void> {
  await tx.delete(jobPeople).where(and(eq(jobPeople.jobId, jobId), isPending));
}

/** Refuses rows that would make a person anew who is being erased, and forgets what is said of her. */
export async function refuseErased(
  tx: Tx,
  { id, externalId, email }: Pick<ContactRow, 'id' | 'externalId' | 'email'>,
): Promise<void> {
  const said = (field: string): SQL => sql`${jobPeople.input} #>> ${`{contact,${field}}`}::text[]`;
  const isHers = or(
    sql`${said('id')} = ${id}`,
    externalId === null ? undefined : sql`${said('externalId')} = ${externalId}`,
    email === null ? undefined : sql`lower(${said('email')}) = lower(${email})`,
  );
  await tx.update(jobPeople).set({ contactId: id }).where(and(isPending, isHers));
  await tx.update(jobPeople).set({ input: null, detail: null }).where(eq(jobPeople.contactId, id));
}

/** Who was refused by a job that lets people in, in their order. */
export async function listRefused(
  tx: Tx,
  jobId: string,
  page: Page,
): Promise<Listed<RefusedPerson>> {
  const after = positionOf(page, BY_SEQUENCE);
  const rows = await tx
    .select()
    .from(jobPeople)
    .where(
      and(
        eq(jobPeople.jobId, jobId),
        eq(jobPeople.status, 'refused'),
        after === null ? undefined : gt(jobPeople.position, Number(after)),
      ),
    )
    .orderBy(asc(jobPeople.position))
    .limit(fetchLimit(page));
  const people = rows.map(({ position, contactId, reason, detail }) => {
    return { position, contactId, reason: reason ?? '', detail };
  });
  return listed(people, page, ({ position }) => position);
}
