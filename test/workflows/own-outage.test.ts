/** An outage of our own is no answer of the other side. */
import type { Database } from '../../src/db/client';
import { DatabaseError } from '../../src/db/failure';
import { define } from '../support/define';
import { disturbed } from '../support/disturbed-database';
import { startReceivingServer } from '../support/http';
import { type Journeys, startJourneys } from '../support/journeys';

let world: Journeys;
let web: Awaited<ReturnType<typeof startReceivingServer>>;

beforeAll(async () => {
  [world, web] = await Promise.all([startJourneys(), startReceivingServer()]);
});
afterAll(() => Promise.all([world.close(), web.close()]));

/** A database that is away for the first transactions of calls. */
function awayAtFirst(db: Database, times: number): { db: Database; refusals(): number } {
  let refusals = 0;
  const before = (activity: string) => {
    if (refusals >= times || activity !== 'httpRequest') return;
    refusals += 1;
    throw new DatabaseError('CONNECTION_CLOSED', 'The connection is closed.');
  };
  return { db: disturbed(db, before), refusals: () => refusals };
}

test('a node that may try once is not failed by a database that was away', async () => {
  const away = awayAtFirst(world.db, 2);
  await world.replaceWorkers({ db: away.db });
  const definition = define({
    nodes: { call: ['http_request', { url: `${web.url}/x` }, { retry: { maxAttempts: 1 } }] },
  });
  const workflowId = await world.publish(definition);
  const { id: contactId } = await world.contact();
  const { id } = await world.enroll(workflowId, contactId);
  expect(await world.ended(id)).toMatchObject({ status: 'completed', error: null });
  expect(away.refusals()).toBe(2);
  expect(web.calls).toHaveLength(1);
});
