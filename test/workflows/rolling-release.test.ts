/** Workers of two releases take turns under load, and nobody is lost or replayed wrongly. */
import type { EnrollmentRow } from '../../src/db/enrollments';
import { ENGINE_VERSION } from '../../src/journey/engine-version';
import { historiesOf } from '../support/executions';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';
import { nextRelease } from '../support/next-engine/workflows';

const LONG = 180_000;
const PEOPLE = 12;

const journey = define({
  nodes: {
    first: ['wait_for_event', { event: 'cart.paid', timeout: '1h' }],
    tag: ['add_tag', { tag: 'one' }],
    second: ['wait', { for: 400 }],
    third: ['wait_for_event', { event: 'cart.left', timeout: '1h' }],
  },
  edges: ['first:received -> tag', 'tag -> second', 'second -> third', 'third:received -> end'],
  goals: [{ id: 'good', event: 'lead.qualified' }],
});

let world: Journeys;

beforeAll(async () => {
  world = await startJourneys();
}, LONG);
afterAll(() => world.close(), LONG);

/** They enter with the engine of a release. */
async function enter(workflowId: string, engineVersion: number): Promise<EnrollmentRow[]> {
  const people = Array.from({ length: PEOPLE }, () => world.contact({}));
  return Promise.all(
    (await Promise.all(people)).map(({ id }) => world.enroll(workflowId, id, { engineVersion })),
  );
}

const standOn = (node: string, rows: readonly EnrollmentRow[]) =>
  eventually(`everybody stands on ${node}`, async () => {
    const now = await Promise.all(rows.map(({ id }) => world.row(id)));
    return now.every((row) => row?.currentNodeIds.includes(node));
  });

const tell = (type: string, rows: readonly EnrollmentRow[]) =>
  Promise.all(rows.map(({ contactId }) => world.event(contactId, type)));

test(
  'workers roll to the next release, back, and forth again, while people travel',
  async () => {
    const workflowId = await world.publish(journey);
    const old = await enter(workflowId, ENGINE_VERSION);
    await standOn('first', old);

    await world.replaceWorkers({ workflows: nextRelease() });
    const fresh = await enter(workflowId, ENGINE_VERSION + 1);
    await Promise.all([tell('cart.paid', old), standOn('first', fresh)]);
    await standOn('third', old);

    await world.replaceWorkers({});
    await Promise.all([tell('cart.left', old), tell('cart.paid', fresh)]);
    for (const { id } of old) expect((await world.ended(id)).status).toBe('completed');
    // The older release does not know their engine: it leaves them to the newer one.
    for (const { id } of fresh) expect((await world.row(id))?.currentNodeIds).toEqual(['first']);

    await world.replaceWorkers({ workflows: nextRelease() });
    await standOn('third', fresh);
    await tell('cart.left', fresh);
    for (const { id } of fresh) expect((await world.ended(id)).status).toBe('completed');

    for (const { temporalWorkflowId } of [...old, ...fresh])
      expect(JSON.stringify(await historiesOf(world.client, temporalWorkflowId))).not.toMatch(
        /NON_DETERMINISTIC/i,
      );
  },
  LONG,
);
