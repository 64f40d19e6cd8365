import { createEntryActivities } from '../../activities/admit';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { ThroughlineTemporal, workspaceIdOf } from '../../src/temporal/backend';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';

let world: Journeys;
let temporal: ThroughlineTemporal;
beforeAll(async () => {
  world = await startJourneys();
  temporal = new ThroughlineTemporal(world.client);
}, 120_000);
afterAll(() => world.close());

const patient = define({ nodes: { settle: ['wait', { for: '7 days' }], left: ['exit'] } });

/** Somebody who waits, and her journey as a backend sees it. */
async function waiting() {
  const contact = await world.contact();
  const { temporalWorkflowId } = await world.enroll(await world.publish(patient), contact.id);
  const journey = temporal.journey({ temporal: { workflowId: temporalWorkflowId } });
  await eventually('she waits', async () => {
    const state = await journey.state().catch(() => null);
    return state?.positions[0]?.node === 'settle';
  });
  return { journey, contact };
}

test('asks a journey where it stands, steers it, and hears how it ended', async () => {
  const { journey } = await waiting();
  expect(await journey.describe()).toMatchObject({ status: 'RUNNING', closedAt: null });
  expect(await journey.order('pause', { clock: 'freeze' })).toMatchObject({ status: 'applied' });
  expect((await journey.state()).pause).not.toBeNull();
  expect(await journey.order('pause')).toMatchObject({
    ...{ status: 'refused', reason: 'command.already_paused' },
  });
  expect(await journey.order('resume')).toMatchObject({ status: 'applied' });
  const { bells } = await journey.state();
  expect(await journey.ring({ kind: 'contact', id: 'nobody' })).toBe(true);
  await eventually('the bell is heard', async () => (await journey.state()).bells === bells + 1);
  // Her journey ends with it, and may be over before the answer is out.
  await journey.order('skip').catch(() => undefined);
  expect(await journey.result()).toEqual({ status: 'exited', goalId: null });
  expect(await journey.ring({ kind: 'contact', id: 'nobody' })).toBe(false);
});

test('an order that no worker judges in time is pending', async () => {
  const { journey } = await waiting();
  expect(await journey.order('pause', {}, { timeoutMs: 0 })).toEqual({ status: 'pending' });
});

test('an order to let somebody in is judged once, by the rules of every other way in', async () => {
  const contact = await world.contact();
  const workflow = await world.keyOf(await world.publish(patient));
  const { workspaceId, journeysQueue: taskQueue } = world;
  const order = { workspaceId, workflow, contactId: contact.id };
  const start = async (id: string, changes: object = {}) => {
    const entry = await temporal.start({ ...order, ...changes }, { id, taskQueue });
    return entry.outcome();
  };
  const [first, again] = [await start(`a-${newId()}`), await start(`b-${newId()}`)];
  expect(first).toMatchObject({ status: 'enrolled', enrollmentId: expect.any(String) });
  expect(again).toEqual({ status: 'blocked', reason: 'already_active' });
  if (first.status !== 'enrolled') throw new Error('She was not let in.');
  const journey = temporal.journey(first.workflowId);
  expect(workspaceIdOf({ temporal: first })).toBe(workspaceId);
  await eventually('the relay has started her journey', async () => {
    const state = await journey.state().catch(() => null);
    return state?.positions[0]?.node === 'settle';
  });

  const other = await world.contact();
  const id = newId();
  const twice = await Promise.all([
    start(id, { contactId: other.id }),
    start(id, { contactId: other.id }),
  ]);
  expect(twice[0]).toMatchObject({ status: 'enrolled' });
  expect(twice[1]).toEqual(twice[0]);
  expect(await start(newId(), { workflow: 'nowhere' })).toEqual(refused('workflow.not_found'));
  expect(await start(newId(), { contactId: newId() })).toEqual(refused('contact.not_found'));
  expect(await start(newId(), { contactId: 'ada' })).toEqual(refused('request.invalid'));
  const stranger = await world.elsewhere();
  expect(await start(newId(), { workspaceId: stranger.workspaceId })).toEqual(
    refused('workflow.not_found'),
  );
});

const refused = (reason: string) => ({ status: 'refused', reason });

test('an order that was judged before its answer was lost is not judged again', async () => {
  const { id: contactId } = await world.contact();
  const workflow = await world.keyOf(await world.publish(patient));
  const { admit } = createEntryActivities({ db: world.db, evaluators: createEvaluators() });
  const { workspaceId } = world;
  const input = { workspaceId, workflow, contactId, orderId: newId(), at: Date.now() };
  const [one, two] = await Promise.all([admit(input), admit(input)]);
  expect(one).toMatchObject({ status: 'enrolled' });
  expect([two, await admit(input)]).toEqual([one, one]);
});

test('lists the journeys of a contact, and takes no query for a name', async () => {
  const { journey, contact } = await waiting();
  const found = await eventually('she is found', async () => {
    const ids: string[] = [];
    for await (const each of temporal.journeys({ contactId: contact.id, isRunning: true }))
      ids.push(each.workflowId);
    return ids.length > 0 ? ids : null;
  });
  expect(found).toEqual([journey.workflowId]);
  const hostile = temporal.journeys({ workflow: 'a" OR WorkflowType != "b' });
  await expect(hostile.next()).rejects.toThrow(TypeError);
});
