/**
 * Owns: erasing a person, everywhere at once.
 *
 * 1. Her rows stay where they are counted (enrollments, steps, deliveries, an empty contact), without
 *    anything that says who she was; her events, their ids and her memberships are deleted. Where her address is
 *    suppressed, its hash stays.
 * 2. Locking her row comes first. Transactions that write about her hold it (`holdContact`), so each
 *    either committed before and is erased too, or finds nobody.
 * 3. What runs in Temporal holds ids only. It is rung, finds its enrollment closed, and ends.
 */
import { and, eq, inArray, isNull, like, or, sql, type SQL } from 'drizzle-orm';
import { EMPTY_CONTACT } from '../journey/facts';
import { cancelEnrollment } from './cancel-enrollment';
import type { Tx } from './client';
import { refuseErased } from './job-people';
import { commands } from './schema/commands';
import { contacts } from './schema/contacts';
import { deliveries } from './schema/deliveries';
import { effects } from './schema/effects';
import { enrollments } from './schema/enrollments';
import { eventIds, events } from './schema/events';
import { idempotencyKeys } from './schema/idempotency-keys';
import { assignments } from './schema/assignments';
import { listMembers } from './schema/lists';
import { steps } from './schema/steps';
import { forgetAddress } from './suppressions';
import { forgetTestMails } from './test-mails';

const REASON = 'contact erased';

/** How many enrollments were under way and are cancelled now. */
export interface Erasure {
  readonly cancelledEnrollments: number;
}

/** Erases a contact. Null when there is none, or none any more. */
export async function eraseContact(tx: Tx, id: string, at: Date): Promise<Erasure | null> {
  const [found] = await tx
    .select({ id: contacts.id, externalId: contacts.externalId, email: contacts.email })
    .from(contacts)
    .where(and(eq(contacts.id, id), isNull(contacts.erasedAt)))
    .for('update');
  if (!found) return null;
  await eraseEvents(tx, id);
  const cancelledEnrollments = await cancelEnrollments(tx, id, at);
  await eraseJourneys(tx, id);
  await forgetAddresses(tx, id, found.email);
  await eraseMessages(tx, id);
  await tx.delete(listMembers).where(eq(listMembers.contactId, id));
  await tx.delete(assignments).where(eq(assignments.contactId, id));
  await refuseErased(tx, found);
  await eraseAnswers(tx, id);
  await eraseTrials(tx);
  await forgetTestMails(tx, found);
  await emptyContact(tx, id, at);
  return { cancelledEnrollments };
}

async function eraseEvents(tx: Tx, contactId: string): Promise<void> {
  await tx.execute(sql`
    delete from ${eventIds} using ${events}
    where ${events.contactId} = ${contactId}
      and ${eventIds.externalId} = ${events.externalId} and ${eventIds.eventId} = ${events.id}`);
  await tx.delete(events).where(eq(events.contactId, contactId));
}

/** After her events, since each end is an event once more: ids only, for whoever counts. */
async function cancelEnrollments(tx: Tx, contactId: string, at: Date): Promise<number> {
  const open = await tx
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(and(eq(enrollments.contactId, contactId), isNull(enrollments.endedAt)));
  for (const { id } of open) {
    await cancelEnrollment(tx, id, { reason: REASON, at });
  }
  return open.length;
}

async function eraseJourneys(tx: Tx, contactId: string): Promise<void> {
  const hers = tx
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(eq(enrollments.contactId, contactId));
  await tx
    .update(steps)
    // A reason is a code, or a code with details of what was compared.
    .set({ output: null, reason: sql`split_part(${steps.reason}, ': ', 1)` })
    .where(inArray(steps.enrollmentId, hers));
  await tx
    .update(effects)
    .set({ request: null, requestHash: null, response: null })
    .where(inArray(effects.enrollmentId, hers));
  // Whoever cancelled her journey could say why in words of their own.
  const inWords = sql`select ${commands.input} ->> 'reason' from ${commands}
    where ${commands.enrollmentId} = ${enrollments.id} and ${commands.type} = 'cancel'`;
  await tx
    .update(enrollments)
    .set({ reason: 'operator' })
    .where(and(eq(enrollments.contactId, contactId), sql`${enrollments.reason} in (${inWords})`));
  await tx.update(commands).set({ input: {} }).where(inArray(commands.enrollmentId, hers));
  await tx
    .update(enrollments)
    .set({ variables: {}, key: null })
    .where(eq(enrollments.contactId, contactId));
}

/** Hers, and those that mails to her went to before. They stay suppressed. */
async function forgetAddresses(tx: Tx, contactId: string, email: string | null): Promise<void> {
  const written = await tx
    .selectDistinct({ address: deliveries.toAddress })
    .from(deliveries)
    .where(and(eq(deliveries.contactId, contactId), eq(deliveries.channel, 'email')));
  for (const address of new Set([email, ...written.map((row) => row.address)]))
    if (address !== null) await forgetAddress(tx, address);
}

async function eraseMessages(tx: Tx, contactId: string): Promise<void> {
  const nothing = { toAddress: null, subject: null, request: null, requestHash: null };
  await tx
    .update(deliveries)
    .set({ ...nothing, providerResponse: null, receipt: null })
    .where(eq(deliveries.contactId, contactId));
}

/** A request that is sent again must not tell what it told the first time, nor make her anew. */
async function eraseAnswers(tx: Tx, contactId: string): Promise<void> {
  const { response } = idempotencyKeys;
  const told: SQL = sql`${response} #>> '{body,id}' = ${contactId}`;
  await tx
    .update(idempotencyKeys)
    .set({
      response: sql`jsonb_set(${response}, '{body}', jsonb_build_object('id', ${contactId}::text))`,
    })
    .where(and(sql`${idempotencyKeys.route} like '% /api/v1/contacts%'`, told));
  // An enrollment that brought its contact along was told what is wrong with her fields.
  const entered = sql`${response} #>> '{body,temporal,workflowId}' like ${`%/${contactId}/%`}`;
  await tx
    .update(idempotencyKeys)
    .set({ response: sql`${response} #- '{body,warnings}'` })
    .where(and(sql`${idempotencyKeys.route} like '% /api/v1/workflows/%/enrollments'`, entered));
  const steered = sql`${response} #>> '{body,contactId}' = ${contactId}`;
  await tx
    .update(idempotencyKeys)
    .set({
      response: sql`jsonb_set(${response}, '{body}', jsonb_build_object('id', ${response} #> '{body,id}'))`,
    })
    .where(and(sql`${idempotencyKeys.route} like '% /api/v1/enrollments/%'`, steered));
}

/** Previews, test mails and dry runs, which show somebody's data and say not whose. */
const TRIALS = [
  '/templates/%/preview',
  '/templates/%/test',
  '/workflows/test',
  '/workflows/%/test',
];

/** What was tried out is forgotten whole; whoever asks again has it tried anew. */
async function eraseTrials(tx: Tx): Promise<void> {
  const isTrial = TRIALS.map((path) => like(idempotencyKeys.route, `% /api/v1${path}`));
  await tx.delete(idempotencyKeys).where(or(...isTrial));
}

async function emptyContact(tx: Tx, id: string, at: Date): Promise<void> {
  await tx
    .update(contacts)
    .set({ ...EMPTY_CONTACT, updatedAt: at, erasedAt: at })
    .where(eq(contacts.id, id));
}
