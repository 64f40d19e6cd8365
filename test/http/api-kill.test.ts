import { ThroughlineClient } from '../../src/client/index';
import { createApiKey } from '../../src/db/api-keys';
import { type EnrollmentRow, getEnrollment } from '../../src/db/enrollments';
import { type BlackHole, startBlackHole } from '../support/black-hole';
import { sketched } from '../support/define';
import { eventually } from '../support/eventually';
import { type Program, startProgram } from '../support/program';
import { programFixture } from '../support/program-fixture';

const stack = programFixture();
let silent: BlackHole;
let apiKey: string;
beforeAll(async () => {
  silent = await startBlackHole();
  const { db, workspaceId } = stack.database;
  const admin = { name: 'test', scopes: ['admin'] };
  apiKey = (await db.inWorkspace(workspaceId, (tx) => createApiKey(tx, admin))).key;
});
afterAll(() => silent?.close());

const environment = (address: string) => ({
  ...stack.environment(),
  TEMPORAL_ADDRESS: address,
  SMTP_URL: 'smtp://127.0.0.1:1',
  THROUGHLINE_RELAY_LEASE_MS: '2000',
  PORT: '0',
});

async function startApi(address: string): Promise<{ api: Program; client: ThroughlineClient }> {
  const api = startProgram('src/server.ts', environment(address));
  const { port } = await api.logged('api.ready');
  const client = await ThroughlineClient.connect({ address: `http://127.0.0.1:${port}`, apiKey });
  return { api, client };
}

const row = async (id: string): Promise<EnrollmentRow> => {
  const found = await stack.database.db.inWorkspace(stack.database.workspaceId, (tx) =>
    getEnrollment(tx, id),
  );
  if (found === null) throw new Error(`There is no enrollment ${id}.`);
  return found;
};

const waits = (id: string) =>
  eventually(`${id} waits`, async () => (await row(id)).status === 'waiting');

const recovery = sketched({
  key: 'recovery',
  triggers: [{ type: 'manual' }, { type: 'event', event: 'cart.abandoned' }],
  nodes: {
    pay: ['wait_for_event', { event: 'cart.paid', timeout: '30d' }],
    paid: ['add_tag', { tag: 'paid' }],
  },
  edges: ['pay:received -> paid'],
});

/** How often each kind of event was stored, and how many runs there are of each enrollment. */
async function tally() {
  const events = await stack.database.admin<{ type: string; count: number }[]>`
    select type, count(*)::int as count from events
    where type in ('contact.tag_added', 'enrollment.ended', 'enrollment.blocked', 'cart.paid')
    group by type order by type`;
  const runs = new Map<string, number>();
  for await (const { workflowId } of stack.temporal.client.workflow.list())
    runs.set(workflowId, (runs.get(workflowId) ?? 0) + 1);
  return {
    events: Object.fromEntries(events.map(({ type, count }) => [type, count])),
    runs: [...runs.values()],
  };
}

test('an API killed between commit and Temporal loses no enrollment and no event, and repeats none', async () => {
  const worker = startProgram('src/worker.ts', environment(stack.temporal.address));
  const first = await startApi(stack.temporal.address);
  await first.client.workflows.create(recovery);
  await first.client.workflows.activate('recovery');
  const ada = await first.client.enroll('recovery', { contact: { email: 'ada@example.com' } });
  await worker.logged('worker.ready');
  await waits(ada.id);
  await first.api.end('SIGKILL');

  // Now nobody answers at Temporal's address: the 202s below promise what only PostgreSQL knows.
  const mute = await startApi(silent.address);
  const bob = await mute.client.enroll('recovery', { contact: { email: 'bob@example.com' } });
  const paid = { email: 'ada@example.com', type: 'cart.paid', id: 'ada-paid' };
  const left = { email: 'cyd@example.com', type: 'cart.abandoned', createContact: true };
  const answers = [await mute.client.event(paid), await mute.client.event(left)];
  expect(answers).toMatchObject([{ accepted: 1 }, { accepted: 1 }]);
  expect(bob.temporal.runId).toBeNull();
  expect(silent.taken()).toBeGreaterThan(0);
  await eventually('the relay is about to tell Temporal', async () => {
    const claimed = await stack.database.admin`
      select 1 from outbox where claimed_until > now() and (payload ->> 'enrollmentId' = ${bob.id}
        or payload ->> 'eventId' = (select id::text from events where type = 'cart.paid'))`;
    return claimed.length === 2;
  });
  await mute.api.end('SIGKILL');
  expect(await row(ada.id)).toMatchObject({ status: 'waiting' });
  expect(await row(bob.id)).toMatchObject({ status: 'running', temporalRunId: null });

  const last = await startApi(stack.temporal.address);
  const ended = (id: string) => eventually(`${id} ends`, async () => (await row(id)).endedAt);
  await ended(ada.id);
  await waits(bob.id);
  const { contactId: cydId, id: cydEnrollment } = await eventually('Cyd is enrolled', async () => {
    const [found] = await stack.database.admin<{ contactId: string; id: string }[]>`
      select contact_id as "contactId", id from enrollments where trigger_event_id is not null`;
    return found;
  });
  await waits(cydEnrollment);
  // The sender who saw no answer sends again.
  expect(await last.client.event(paid)).toMatchObject({ accepted: 0, duplicates: 1 });
  await last.client.event({ email: 'bob@example.com', type: 'cart.paid' });
  await last.client.event({ contactId: cydId, type: 'cart.paid' });
  await Promise.all([ended(bob.id), ended(cydEnrollment)]);
  await eventually('the outbox is empty', async () => {
    const rows = await stack.database.admin`select 1 from outbox`;
    return rows.length === 0;
  });

  for (const id of [ada.id, bob.id, cydEnrollment])
    expect(await row(id)).toMatchObject({ status: 'completed', error: null });
  const expected = { 'cart.paid': 3, 'contact.tag_added': 3, 'enrollment.ended': 3 };
  expect(await tally()).toEqual({ events: expected, runs: [1, 1, 1] });
  expect(await last.api.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
});
