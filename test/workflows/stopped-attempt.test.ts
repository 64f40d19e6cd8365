/** A command comes while an attempt is under way that fails for now. */
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { startReceivingServer } from '../support/http';
import { type Journeys, startJourneys } from '../support/journeys';
import { doorbell } from '../../workflows/messages';

let world: Journeys;
let web: Awaited<ReturnType<typeof startReceivingServer>>;

beforeAll(async () => {
  [world, web] = await Promise.all([startJourneys(), startReceivingServer()]);
});
afterAll(() => Promise.all([world.close(), web.close()]));

const askedToStop = async (workflowId: string) => {
  const { events } = await world.client.workflow.getHandle(workflowId).fetchHistory();
  return events?.some((event) => event.activityTaskCancelRequestedEventAttributes) ?? false;
};

/** What becomes of somebody whose first call is answered with 503 once its workflow has asked it to stop. */
async function interrupted(retry: object) {
  let refuse: () => void = () => undefined;
  const calledBefore = web.calls.length;
  web.answer = (response) => {
    if (web.calls.length > calledBefore + 1) return void response.end('{}');
    refuse = () => void response.writeHead(503).end();
  };
  const definition = define({
    nodes: { call: ['http_request', { url: `${web.url}/x` }, { retry }] },
  });
  const { id: contactId } = await world.contact();
  const { id, temporalWorkflowId } = await world.enroll(await world.publish(definition), contactId);
  await eventually('it is called', async () => web.calls.length > calledBefore);
  const handle = world.client.workflow.getHandle(temporalWorkflowId);
  await handle.signal(doorbell, { kind: 'command', id: 'any' });
  await eventually('the attempt is asked to stop', () => askedToStop(temporalWorkflowId));
  refuse();
  const { status, error } = await world.ended(id);
  return { status, error, calls: web.calls.length - calledBefore };
}

test('the visit is entered again, and the attempts that its node has left are made', async () => {
  const retry = { maxAttempts: 2, initialInterval: '1s' };
  expect(await interrupted(retry)).toEqual({ status: 'completed', error: null, calls: 2 });
});

test('a node that may try once has failed', async () => {
  const error = { code: 'http.status_5xx', nodeId: 'call' };
  expect(await interrupted({ maxAttempts: 1 })).toEqual({ status: 'failed', error, calls: 1 });
});
