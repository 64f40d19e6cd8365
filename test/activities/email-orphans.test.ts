/** Sends that an ended journey left in doubt: somebody finds out what became of them. */
import { orphanedSends } from '../../activities/email-orphans';
import type { EmailChannel, LookUpAnswer } from '../../src/channels/email';
import { createSmtpChannel } from '../../src/channels/smtp';
import type { Database } from '../../src/db/client';
import { closeEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { memoStep } from '../../src/db/steps';
import { type ChoreProgress, listOrphanedDeliveries } from '../../src/db/upkeep';
import { createLogger } from '../../src/log';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { startJourneys } from '../support/journeys';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { ageClaim, deliveryOf, type SendCase, sendCase, sender } from '../support/sends';
import { type Ending, type FaultyMailServer, startFaultyMailServer } from '../support/smtp';

let t: TestDatabase;
let outbox: Database;
let server: FaultyMailServer;
let smtp: EmailChannel;
beforeAll(async () => {
  t = await testDatabase();
  outbox = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());
beforeEach(async () => {
  await t.admin`delete from deliveries`;
  server = await startFaultyMailServer();
  smtp = createSmtpChannel({ url: server.url });
});
afterEach(async () => {
  smtp.close();
  await server.stop();
});

const log = createLogger('test', 'silent');
const never = new AbortController().signal;

/** One round of the chore, asking what the test answers. */
const round = (
  lookUp: EmailChannel['lookUp'] | LookUpAnswer,
  progress: ChoreProgress = null,
): Promise<ChoreProgress> => {
  const { lookUp: _none, ...mute } = smtp;
  const ask = typeof lookUp === 'string' ? async () => lookUp : lookUp;
  const channel: EmailChannel = ask === undefined ? mute : { ...mute, lookUp: ask };
  return orphanedSends({ outbox, db: t.db, channel, log }).run(progress, never);
};

const age = (of: SendCase, interval?: string) => ageClaim(t.admin, of, interval);

const end = ({ workspaceId, enrollmentId }: SendCase) =>
  t.db.inWorkspace(workspaceId, (tx) =>
    closeEnrollment(tx, enrollmentId, { status: 'goal_reached', goalId: 'paid', at: new Date() }),
  );

/** A send in doubt whose journey has ended. */
async function orphan(ending: Ending = 'hang_up', workspaceId = t.workspaceId): Promise<SendCase> {
  const of = await sendCase(t.db, workspaceId);
  server.ending = ending;
  await expect(sender(t.db, smtp)(of)).rejects.toMatchObject({ type: 'email.unknown' });
  await end(of);
  await age(of);
  return of;
}

const delivery = (of: SendCase) => deliveryOf(t.db, of);

const NOT_SENT = { status: 'blocked', reason: 'enrollment_ended', resolution: 'not_resent' };

test('a goal during a send that nobody answers: the mail is looked up, and never sent', async () => {
  const world = await startJourneys({ smtpUrl: server.url });
  try {
    server.ending = 'stall';
    const arriving = new Promise<void>((resolve) => {
      server.onMail = resolve;
    });
    const definition = define({
      nodes: { mail: ['send_email', { subject: 'Hi', text: 'Hi' }] },
      goals: [{ id: 'paid', event: 'cart.paid' }],
    });
    const contact = await world.contact();
    const { id } = await world.enroll(await world.publish(definition), contact.id);
    await arriving;
    await world.event(contact.id, 'cart.paid');
    expect(await world.ended(id)).toMatchObject({ status: 'goal_reached' });
    expect(await world.deliveries(id)).toMatchObject([{ status: 'unknown' }]);

    const asOther = await world.open({ role: 'throughline_relay' });
    const channel: EmailChannel = { ...smtp, lookUp: async () => 'absent' };
    const chore = orphanedSends({ outbox: asOther, db: world.db, channel, log });
    const settled = await eventually('it is settled', async () => {
      await chore.run(null, never);
      const [row] = await world.deliveries(id);
      return row?.status === 'unknown' ? null : row;
    });
    expect(settled).toMatchObject({ ...NOT_SENT, attempt: 1 });
    expect(settled?.resolvedAt).not.toBeNull();
    expect([server.connections(), server.mails]).toEqual([1, []]);
  } finally {
    await world.close();
  }
});

test('what the provider has was sent, in whatever way its journey ended', async () => {
  const of = await orphan('accept_and_hang_up');
  const asked: string[] = [];
  expect(
    await round(async (messageId) => {
      asked.push(messageId);
      return 'accepted';
    }),
  ).toBeNull();
  const row = await delivery(of);
  expect(row).toMatchObject({ status: 'sent', reason: null, resolution: 'found' });
  expect(asked).toEqual([row.messageId]);
  await round('absent');
  expect(await delivery(of)).toEqual(row);
});

test('a claim whose worker was killed is looked up like any other', async () => {
  const of = await orphan();
  await t.admin`update deliveries set status = 'claimed', reason = null`;
  await round('absent');
  expect(await delivery(of)).toMatchObject(NOT_SENT);
});

test('an event about the message proves it accepted, and then nobody is asked', async () => {
  const of = await orphan();
  const { enrollmentId, contactId } = of;
  const at = new Date();
  await t.db.inWorkspace(of.workspaceId, (tx) =>
    recordEvent(tx, {
      ...{ contactId, type: 'email.opened', occurredAt: at, receivedAt: at },
      properties: { deliveryId: `${enrollmentId}:mail:1` },
    }),
  );
  await round('absent');
  expect(await delivery(of)).toMatchObject({ status: 'sent', resolution: 'event' });
});

test.each([
  ['cannot be asked at all', undefined],
  ['does not answer', 'unknown'],
] as const)('where the provider %s, it stays unknown for people to see', async (_what, lookUp) => {
  const of = await orphan();
  await t.admin`update deliveries set status = 'claimed', reason = null`;
  await round(lookUp);
  const unknown = { status: 'unknown', reason: 'interrupted', resolution: null };
  expect(await delivery(of)).toMatchObject(unknown);
  await age(of, '4 days');
  await round('absent');
  expect(await delivery(of)).toMatchObject(unknown);
});

test('nothing is asked about a journey under way, or an attempt that may still be alive', async () => {
  const open = await sendCase(t.db, t.workspaceId);
  server.ending = 'hang_up';
  await expect(sender(t.db, smtp)(open)).rejects.toMatchObject({ type: 'email.unknown' });
  await age(open);
  const young = await orphan();
  await t.admin`update deliveries set claimed_at = now() - interval '6 s' where enrollment_id = ${young.enrollmentId}`;
  await round('absent');
  expect(await delivery(open)).toMatchObject({ status: 'unknown' });
  expect(await delivery(young)).toMatchObject({ status: 'unknown' });
});

/** The visit of the mail, as its journey records it. */
const visit = ({ workspaceId, enrollmentId }: SendCase, ended: boolean) =>
  t.db.inWorkspace(workspaceId, (tx) =>
    memoStep(tx, {
      ...{ enrollmentId, nodeId: 'mail', visit: 1, nodeType: 'send_email' },
      ...{ status: ended ? 'cancelled' : 'running', startedAt: new Date() },
      endedAt: ended ? new Date() : null,
    }),
  );
const inDoubt = async (): Promise<SendCase> => {
  const of = await sendCase(t.db, t.workspaceId);
  server.ending = 'accept_and_hang_up';
  await expect(sender(t.db, smtp)(of)).rejects.toMatchObject({ type: 'email.unknown' });
  return of;
};

test.each([
  ['absent', { status: 'blocked', reason: 'visit_ended', resolution: 'not_resent' }],
  ['accepted', { status: 'sent', resolution: 'found' }],
] as const)(
  'what a visit left in doubt that is over is settled too: %s',
  async (answer, settled) => {
    const of = await inDoubt();
    await visit(of, true);
    await age(of);
    await round(answer);
    expect(await delivery(of)).toMatchObject(settled);
  },
);

test.each(['absent', 'accepted'] as const)(
  'about a mail that is held somebody asks again, and rings its journey: %s',
  async (answer) => {
    const of = await inDoubt();
    await visit(of, false);
    const bells = async () =>
      (
        await t.admin`select 1 from outbox
          where kind = 'bell' and payload ->> 'enrollmentId' = ${of.enrollmentId}`
      ).length;
    await age(of, '10 minutes');
    await round(answer);
    expect(await bells()).toBe(0);
    await age(of, '10 minutes');
    await round('unknown');
    expect(await bells()).toBe(0);
    await round(answer);
    expect(await bells()).toBe(1);
    expect(await delivery(of)).toMatchObject({ status: 'unknown', resolution: null, attempt: 1 });
    expect(server.mails).toHaveLength(1);
  },
);

test('an answer about an attempt that was overtaken changes nothing', async () => {
  const of = await orphan();
  await round(async () => {
    await t.admin`update deliveries set attempt = 2`;
    return 'absent';
  });
  expect(await delivery(of)).toMatchObject({ status: 'unknown', attempt: 2, resolution: null });
});

test('one that was claimed again between finding and asking is left alone', async () => {
  const of = await orphan();
  const relay = Object.assign(Object.create(outbox) as Database, {
    sql: async (...query: Parameters<typeof outbox.sql>) => {
      const rows = await outbox.sql(...query);
      await t.admin`update deliveries set status = 'claimed', reason = null, claimed_at = now()
        where enrollment_id = ${of.enrollmentId}`;
      return rows;
    },
  });
  const channel: EmailChannel = { ...smtp, lookUp: async () => 'absent' };
  await orphanedSends({ outbox: relay, db: t.db, channel, log }).run(null, never);
  expect(await delivery(of)).toMatchObject({ status: 'claimed', reason: null });
});

test('they are found in every workspace, page by page, by the relay alone', async () => {
  const others = [t.workspaceId, await t.newWorkspace(), await t.newWorkspace()];
  for (const workspaceId of others) await orphan('hang_up', workspaceId);
  const about = { provider: 'smtp', quietMs: 8_000, askedForMs: 60_000_000 };
  const first = await listOrphanedDeliveries(outbox, { ...about, after: null, limit: 2 });
  const [, last = null] = first;
  const rest = await listOrphanedDeliveries(outbox, { ...about, after: last, limit: 2 });
  expect([first.length, rest.length]).toEqual([2, 1]);
  const found = [...first, ...rest].map((each) => each.workspaceId);
  expect(found.sort()).toEqual(others.sort());
  const elsewhere = { ...about, provider: 'other', after: null, limit: 10 };
  expect(await listOrphanedDeliveries(outbox, elsewhere)).toEqual([]);
  await expect(
    listOrphanedDeliveries(t.db, { ...about, after: null, limit: 2 }),
  ).rejects.toMatchObject({ code: '42501' });
});
