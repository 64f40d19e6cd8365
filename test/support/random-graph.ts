/** Random journeys that are valid by how they are built, each with a world to play it in. */
import fc from 'fast-check';
import type { ContactState, Mock, ScriptItem } from '../../src/journey/journey-tests';
import type { JsonObject } from '../../src/journey/json';
import { nodeTypes } from '../../src/journey/nodes/index';
import { drawn } from './draw-tree';
import { event, group } from './random-configs';
import { randomTree } from './random-tree';

/** Everything that a runtime needs to play a journey: the world in the words of a dry run. */
export interface RandomJourney {
  /** A definition as it would be sent. */
  readonly input: JsonObject;
  readonly contact: ContactState;
  readonly trigger?: { readonly type: string; readonly properties: JsonObject };
  readonly events: readonly ScriptItem[];
  /** By node id, for effects. */
  readonly mocks: Readonly<Record<string, Mock>>;
}

export interface RandomGraphOptions {
  /** Node types that may occur; all when absent. Forks and joins come together. */
  readonly accepts?: (type: string) => boolean;
}

/** How much happens in one journey. */
export const MOST_EVENTS = 8;

/** Few visits keep journeys short; some loops go round more often than that. */
const VISIT_LIMITS = [2, 5, 12];

/** Random valid journeys. */
export function randomJourney({
  accepts = () => true,
}: RandomGraphOptions = {}): fc.Arbitrary<RandomJourney> {
  return fc
    .record({
      block: randomTree(accepts),
      goals: fc.array(goal, { maxLength: 2 }),
      settings,
      contact,
      trigger: fc.option(fc.record({ type: event, properties })),
      events: fc.array(happening, { maxLength: MOST_EVENTS }),
      mocks: fc.array(mock, { minLength: 1, maxLength: 5 }),
    })
    .map(({ block, goals, settings: set, trigger, mocks, ...world }) => {
      const graph = drawn(block);
      const input = graph.definition(goals, set);
      return {
        ...world,
        input,
        mocks: mocksFor(input, mocks),
        ...(trigger === null ? {} : { trigger }),
      };
    });
}

const goal = fc.record(
  {
    event,
    condition: group,
    atEntry: fc.constantFrom('ignore', 'fire'),
    onAchieved: fc.oneof(
      fc.constantFrom('exit', 'continue'),
      fc.nat({ max: 99 }).map((index) => ({ goTo: `#${index}` })),
    ),
  },
  { requiredKeys: ['event', 'onAchieved'] },
);

const settings = fc.record(
  {
    onNodeFailure: fc.constantFrom('fail', 'continue', 'exit'),
    visitLimit: fc.constantFrom(...VISIT_LIMITS),
    timeZone: fc.constantFrom('America/New_York', 'Pacific/Auckland'),
    exitWhen: fc.constant([{ type: 'tag', operator: 'includes', value: 'gone' }]),
  },
  { requiredKeys: ['visitLimit'] },
);

const properties: fc.Arbitrary<JsonObject> = fc.constantFrom(
  {},
  { total: 10 },
  { total: 80, due: '2026-03-30' },
);

const contact: fc.Arbitrary<ContactState> = fc.record(
  {
    email: fc.constantFrom('ada@example.com', null),
    firstName: fc.constantFrom('Ada'),
    timeZone: fc.constantFrom('Europe/Berlin', 'Mars/Olympus', null),
    tags: fc.subarray(['vip', 'buyer']),
    score: fc.constantFrom(0, 10),
    attributes: fc.constantFrom({ plan: 'pro' }, { due: '2026-03-28' }),
  },
  { requiredKeys: ['email'] },
) as fc.Arbitrary<ContactState>;

const MINUTE = 60_000;

/** Mostly in the first three days, some before the start, some at the very minutes where waits end. */
const after = fc.oneof(
  fc.integer({ min: -60, max: 3 * 1_440 }).map((minutes) => minutes * MINUTE),
  fc.constantFrom(0, 30, 60, 90, 360, 1_440).map((minutes) => minutes * MINUTE),
);

const happening: fc.Arbitrary<ScriptItem> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ after, type: event, properties }) },
  {
    weight: 1,
    arbitrary: fc.record({
      after,
      contact: fc.constantFrom<ContactState>(
        { tags: ['vip', 'cold'] },
        { score: 30 },
        { attributes: { due: '2026-03-31' } },
        { tags: ['gone'] },
      ),
    }),
  },
) as fc.Arbitrary<ScriptItem>;

const mock: fc.Arbitrary<Mock | null> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant({ error: { code: 'provider_down' } }) },
  // Ends of a called workflow; other calls answer it like anything else.
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('goal_reached', 'exited', 'failed', 'cancelled', 'blocked', 'timed_out')
      .map((status) => ({ output: { status } })),
  },
);

function mocksFor(input: JsonObject, mocks: readonly (Mock | null)[]): Record<string, Mock> {
  const nodes = input.nodes as readonly { id: string; type: string }[];
  const effects = nodes.filter(({ type }) => nodeTypes.get(type)?.kind === 'effect');
  const drawn = effects.flatMap(({ id }, index) => {
    const each = mocks[index % mocks.length] ?? null;
    return each === null ? [] : [[id, each] as const];
  });
  return Object.fromEntries(drawn);
}
