/** The pause of a whole workflow, through the API, on real servers: everybody is held, nobody is ejected. */
import type { EnrollmentHandle } from '../../src/client/index';
import type { LatePolicy } from '../../src/journey/commands';
import { sketched } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';
import { serveJourneys } from '../support/journeys-api';

let world: Journeys;
let api: Awaited<ReturnType<typeof serveJourneys>>;
beforeAll(async () => {
  world = await startJourneys();
  api = await serveJourneys(world);
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

const PEOPLE = 5;

/** Waits for an event, mails, tags; buying ends it. */
const cart = (key: string) =>
  sketched({
    key,
    nodes: {
      seen: ['wait_for_event', { event: 'cart.seen', timeout: '30 days' }],
      remind: ['send_email', { subject: 'Hello', text: 'Your cart is waiting.' }],
      on: ['add_tag', { tag: 'reminded' }],
    },
    edges: [
      'seen:received -> remind',
      'seen:timed_out -> remind',
      'remind:next -> on',
      'remind:not_sent -> on',
    ],
    goals: [{ id: 'bought', event: 'cart.paid' }],
  });

interface Person {
  readonly contactId: string;
  readonly enrollment: EnrollmentHandle;
}

/** People who wait in an active workflow. */
async function waitingIn(key: string, count = PEOPLE): Promise<readonly Person[]> {
  await api.client.workflows.create(cart(key));
  await api.client.workflows.activate(key);
  const people = await Promise.all(
    Array.from({ length: count }, async () => {
      const { id: contactId } = await world.contact();
      return { contactId, enrollment: await api.client.enroll(key, { contactId }) };
    }),
  );
  await all(people, 'waiting');
  return people;
}

const all = (people: readonly Person[], status: string) =>
  eventually(`all are ${status}`, async () => {
    const rows = await Promise.all(people.map(({ enrollment: { id } }) => world.row(id)));
    return rows.every((row) => row?.status === status);
  });

const held = async (key: string, people: readonly Person[], late?: LatePolicy) => {
  await api.client.workflows.pause(key, late === undefined ? {} : { late });
  for (const { contactId } of people) await world.event(contactId, 'cart.seen');
  await all(people, 'paused');
};

const outcomes = (people: readonly Person[]) =>
  Promise.all(
    people.map(async ({ enrollment }) => {
      const { status, reason } = await enrollment.result();
      const steps = await world.steps(enrollment.id);
      const sends = await world.deliveries(enrollment.id);
      const mails = sends.filter((delivery) => delivery.status === 'sent').length;
      return { status, reason, mails, path: steps.map((step) => `${step.nodeId}:${step.port}`) };
    }),
  );

const everybody = <T>(outcome: T): T[] => Array<T>(PEOPLE).fill(outcome);

const went = (port: string) => ['seen:received', `remind:${port}`, 'on:next'];

test.each([
  [undefined, 'go on', { status: 'completed', reason: null, mails: 1, path: went('next') }],
  [
    'skip',
    'skip what is late',
    { status: 'completed', reason: null, mails: 0, path: went('not_sent') },
  ],
  ['exit', 'leave', { status: 'exited', reason: 'pause.late', mails: 0, path: ['seen:received'] }],
] as const)('whom the pause held with late %s will %s', async (late, _what, outcome) => {
  const key = `held-${late ?? 'send'}`;
  const people = await waitingIn(key);
  await held(key, people, late);
  for (const { enrollment } of people) {
    expect(await world.row(enrollment.id)).toMatchObject({
      ...{ endedAt: null, waitingFor: 'the workflow' },
    });
    expect(await world.deliveries(enrollment.id)).toEqual([]);
  }
  await api.client.workflows.activate(key);
  expect(await outcomes(people)).toMatchObject(everybody(outcome));
});

test('a goal that is reached meanwhile ends her, whether she was held or not', async () => {
  const people = await waitingIn('bought', 3);
  const [early, heldOne, last] = people;
  if (!early || !heldOne || !last) throw new Error('There are three.');
  await held('bought', [heldOne, last]);
  for (const { contactId } of [early, heldOne]) await world.event(contactId, 'cart.paid');
  expect(await early.enrollment.result()).toMatchObject({ status: 'goal_reached' });
  await api.client.workflows.activate('bought');
  expect(await outcomes([heldOne, last])).toMatchObject([
    { status: 'goal_reached', mails: 0, path: ['seen:received'] },
    { status: 'completed', mails: 1 },
  ]);
});

test('a new policy takes the place of the one that the pause began with', async () => {
  const people = await waitingIn('changed');
  await held('changed', people);
  await api.client.workflows.pause('changed', { late: 'exit' });
  await api.client.workflows.activate('changed');
  expect(await outcomes(people)).toMatchObject(everybody({ status: 'exited' }));
});

test('an operator does not resume somebody whom the workflow holds, but may take her out', async () => {
  const people = await waitingIn('taken', 1);
  await held('taken', people);
  const [{ enrollment }] = people as [Person];
  await expect(enrollment.resume()).rejects.toMatchObject({ reason: 'command.workflow_paused' });
  expect(await enrollment.cancel()).toMatchObject({ status: 'cancelled' });
});

test('archiving lets everybody go on who was held', async () => {
  const people = await waitingIn('archived');
  await held('archived', people);
  await api.post('/workflows/archived/archive');
  expect(await outcomes(people)).toMatchObject(everybody({ status: 'completed', mails: 1 }));
});
