/** The library's abandoned cart, with seconds for its hours: simulated and run from one and the same text. */
import { listEnrollments } from '../../src/db/enrollments';
import { indexGraph } from '../../src/journey/graph';
import { contactOf, scriptOf } from '../../src/language/dry-run-script';
import { parseDefinitionText } from '../../src/language/parse-definition';
import { journeyText } from '../../src/library/journeys';
import { differences, liveWorld, sameWorld, simulatedWorld } from '../support/compare-worlds';
import { eventually } from '../support/eventually';
import type { Workspace } from '../support/in-workspace';
import { type Journeys, startJourneys } from '../support/journeys';
import { type Traveller, traces } from '../support/play-on-temporal';
import { playRandom } from '../support/play-random';

let world: Journeys;
beforeAll(async () => {
  world = await startJourneys();
});
afterAll(() => world.close());

const LONG = 120_000;

test(
  'goes the same way and sends the same mails as in the simulator',
  async () => {
    const traveller = await travel(inSeconds());
    const { journey } = traveller;
    const simulated = await playRandom(
      indexGraph(journey.definition),
      { ...journey, mocks: {} },
      sameWorld(traveller),
    );
    expect(simulated.status).toBe('goal_reached');
    expect(differences(liveWorld(await traces(traveller)), simulatedWorld(simulated))).toEqual([]);
    const caught = world.catcher.messages().toReversed();
    expect(caught.map(({ to, subject, text }) => ({ to, subject, text: tidy(text) }))).toEqual(
      simulated.sends.map(({ to, subject, text = '' }) => ({ to, subject, text: tidy(text) })),
    );
    expect(caught.map(({ subject }) => subject)).toEqual([
      'You left something behind, Ada',
      'Can we help you decide?',
      '10 % off what is in your cart',
    ]);
  },
  LONG,
);

/** The mails wait for nothing but seconds; the last wait is left, so that the order ends it. */
const SHORTER: readonly (readonly [from: string, to: string])[] = [
  ['config: { for: 3h }', 'config: { for: 2s }'],
  ['config: { for: 1 day }', 'config: { for: 2s }'],
  ['timeout: 2 days', 'timeout: 2s'],
];

function inSeconds(): string {
  return SHORTER.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`"${from}" is not there once.`);
    return text.replace(from, to);
  }, journeyText('abandoned-cart') ?? '');
}

/** A zone where it is about noon, so that nothing waits for daytime. */
function whereItIsNoon(now: Date): string {
  const ahead = 12 - now.getUTCHours();
  return ahead === 0 ? 'Etc/UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

const assignments = { 'cart-offer': 'discount' };
const trigger = {
  type: 'cart.abandoned',
  properties: {
    total: 45,
    items: [{ name: 'Blue lamp' }, { name: 'Red chair' }],
    cartUrl: 'https://shop.example.com/cart/7',
  },
};
const order = { type: 'order.placed', properties: { total: 40 } };

/** Leaves a cart, ignores two mails, and orders after the third. */
async function travel(text: string): Promise<Traveller> {
  const { definition, errors } = parseDefinitionText(text);
  if (definition === null) throw new Error(JSON.stringify(errors));
  const timeZone = whereItIsNoon(new Date());
  const ada = { email: 'ada@example.com', firstName: 'Ada', timeZone };
  const place = await world.elsewhere();
  const { id } = await place.contact(ada);
  await place.assign(id, assignments);
  await place.publish(definition, definition.key);
  await place.event(id, trigger.type, trigger.properties);
  const enrollment = await eventually('she is let in', () => enrollmentOf(place, id));
  await eventually('she has time to order', async () =>
    (await place.steps(enrollment.id)).some(({ nodeId }) => nodeId === 'time-to-order'),
  );
  const orderedAt = new Date();
  await place.event(id, order.type, order.properties, { occurredAt: orderedAt });
  await place.ended(enrollment.id);
  const startAt = enrollment.startedAt.getTime();
  const events = [{ at: orderedAt.toISOString(), ...order }];
  return {
    journey: { definition, contact: ada, trigger, events, startAt, assignments },
    place,
    contact: { ...contactOf(ada), id },
    workflowKey: definition.key,
    script: scriptOf(events, startAt),
    enrollment,
  };
}

async function enrollmentOf(place: Workspace, contactId: string) {
  const { data } = await place.db.inWorkspace(place.workspaceId, (tx) =>
    listEnrollments(tx, { contactId }, { limit: 1 }),
  );
  return data[0];
}

/** Mail has line ends of its own, and one more at the end. */
const tidy = (text: string | null): string => (text ?? '').replaceAll('\r\n', '\n').trimEnd();
