import fc from 'fast-check';
import type { Definition } from '../../src/journey/definition';
import { entryOf } from '../../src/journey/graph';
import type { Json } from '../../src/journey/json';
import { canonicalJson } from '../../src/language/content-hash';
import { type DefinitionChange, diffDefinitions } from '../../src/language/definition-diff';
import { define } from '../support/define';
import { definitionOf } from '../support/play-random';
import { randomJourney } from '../support/random-graph';

const again = { numRuns: 60, seed: 20_261 };
const definitions = randomJourney().map(definitionOf);

test('a definition does not differ from itself, in whatever order it lists its nodes and edges', () => {
  fc.assert(
    fc.property(
      definitions.chain((definition) =>
        fc.tuple(
          fc.constant(definition),
          fc.shuffledSubarray(definition.nodes, { minLength: definition.nodes.length }),
          fc.shuffledSubarray(definition.edges, { minLength: definition.edges.length }),
        ),
      ),
      ([definition, nodes, edges]) => {
        expect(diffDefinitions(definition, structuredClone(definition))).toEqual([]);
        const shuffled = { ...definition, nodes, edges };
        const begins = entryOf(shuffled) === entryOf(definition) ? [] : [{ id: 'trigger:next' }];
        expect(diffDefinitions(definition, shuffled)).toMatchObject(begins);
      },
    ),
    again,
  );
});

test('every value that differs is named, and nothing else is', () => {
  fc.assert(
    fc.property(definitions, definitions, (before, after) => {
      const changes = diffDefinitions(before, after);
      const differing = differingLeaves(leavesOf(before), leavesOf(after));
      const named = differing.filter((leaf) => changes.some((change) => covers(change, leaf)));
      expect(named).toEqual(differing);
      const idle = changes.filter((change) => !differing.some((leaf) => covers(change, leaf)));
      expect(idle).toEqual([]);
      expect(changes.filter(({ sentence }) => !/^[A-Z].*\.$/.test(sentence))).toEqual([]);
    }),
    again,
  );
});

test('one changed value of a node is one change, with its place and both values', () => {
  fc.assert(
    fc.property(definitions, fc.nat(), (before, pick) => {
      const index = pick % before.nodes.length;
      const nodes = before.nodes.map((node, at) =>
        at === index ? { ...node, name: `${node.name ?? ''} changed` } : node,
      );
      expect(diffDefinitions(before, { ...before, nodes })).toMatchObject([
        {
          part: 'node',
          kind: 'changed',
          id: nodes[index]?.id,
          path: 'name',
          after: nodes[index]?.name,
        },
      ]);
    }),
    again,
  );
});

/** Leaves by their place: `node:a` and what is inside. Written anew, so that it does not err as the code may. */
function leavesOf(definition: Definition): ReadonlyMap<string, Json> {
  const leaves = new Map<string, Json>();
  const collect = (place: string, value: Json | undefined): void => {
    if (value === undefined) return;
    const inside = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const isScalars = Array.isArray(value) && inside.every(([, item]) => typeof item !== 'object');
    if (inside.length === 0 || isScalars || place.endsWith('|position')) leaves.set(place, value);
    else
      for (const [name, item] of inside)
        collect(`${place}|${Array.isArray(value) ? `[${name}]` : name}`, item as Json);
  };
  const { nodes, edges, goals, triggers, tests = [], settings, ...rest } = definition;
  for (const node of nodes) collect(`node:${node.id}`, node as unknown as Json);
  for (const edge of edges)
    collect(`edge:${edge.source}:${edge.sourceHandle ?? 'next'}`, edge as unknown as Json);
  for (const goal of goals) collect(`goal:${goal.id}`, goal as unknown as Json);
  for (const each of triggers)
    collect(`trigger:${each.type === 'event' ? each.event : 'manual'}`, each as unknown as Json);
  for (const each of tests) collect(`test:${each.name}`, each as unknown as Json);
  collect('settings:null', settings as unknown as Json);
  collect('workflow:null', rest as unknown as Json);
  return leaves;
}

function differingLeaves(before: ReadonlyMap<string, Json>, after: ReadonlyMap<string, Json>) {
  const places = [...new Set([...before.keys(), ...after.keys()])];
  return places.filter(
    (place) => canonicalJson(before.get(place) ?? null) !== canonicalJson(after.get(place) ?? null),
  );
}

/** Whether a leaf lies at the path of a change, or below it. */
function covers({ part, id, path }: DefinitionChange, leaf: string): boolean {
  const at = `${part}:${id}${path === null ? '' : `|${path.replaceAll('[', '|[').replaceAll('.', '|')}`}`;
  return leaf === at || leaf.startsWith(`${at}|`);
}

const waiting = {
  nodes: {
    hello: ['send_email', { subject: 'Hi', text: 'Hi there' }, { name: 'The guide' }],
    pause: ['wait', { for: '1 day' }, { name: 'Let a day pass' }],
    reacts: ['wait_for_event', { event: 'email.clicked', timeout: '3 days' }],
    keen: ['add_tag', { tag: 'keen' }, { name: 'Keen' }],
  },
  edges: [
    'hello -> pause',
    'pause -> reacts',
    'reacts:received -> keen',
    'reacts:timed_out -> end',
  ],
  goals: [{ id: 'booked', name: 'Booked a talk', event: 'talk.booked' }],
  triggers: [{ type: 'event', event: 'guide.downloaded' }],
} as const;
type Changes = Partial<Omit<Parameters<typeof define>[0], 'nodes'>> & {
  readonly nodes?: Parameters<typeof define>[0]['nodes'];
};
const sentences = (changes: Changes) =>
  diffDefinitions(
    define(waiting),
    define({ ...waiting, ...changes, nodes: { ...waiting.nodes, ...changes.nodes } }),
  ).map(({ sentence }) => sentence);

test.each<[Changes, string[]]>([
  [
    { nodes: { pause: ['wait', { for: '2 days' }, { name: 'Let a day pass' }] } },
    ['The step "Let a day pass" does this now: wait 2 days (before: wait 1 day).'],
  ],
  [
    {
      nodes: {
        hello: ['send_email', { subject: 'Hello', text: 'Line\nLine' }, { name: 'The guide' }],
      },
    },
    [
      'In the step "The guide", subject is "Hello" now (before: "Hi").',
      'In the step "The guide", text is different now.',
    ],
  ],
  [
    { nodes: { pause: ['wait', { for: '1 day' }, { name: 'A day', position: { x: 1, y: 2 } }] } },
    [
      'The step "Let a day pass" is called "A day" now.',
      'The step "A day" is drawn elsewhere on the canvas.',
    ],
  ],
  [
    { nodes: { pause: ['wait', { for: '1 day' }, { name: 'Let a day pass', timeout: '1m' }] } },
    ['In the step "Let a day pass", timeout is 1 minute now (before: none).'],
  ],
  [
    {
      nodes: { note: ['wait', { for: '1h' }, { name: 'An hour' }] },
      edges: [...waiting.edges.slice(0, 3), 'reacts:timed_out -> note'],
    },
    [
      'The step "An hour" is new: wait 1 hour.',
      'After "reacts" on the way "timed_out" comes "An hour" now (before: the end).',
    ],
  ],
  [
    { goals: [], triggers: [{ type: 'manual' }], settings: { visitLimit: 5 } },
    [
      'The event "guide.downloaded" lets nobody in any more.',
      'People can be enrolled by hand now.',
      'The goal "Booked a talk" is gone.',
      'In the settings, visit limit is 5 now (before: 100).',
    ],
  ],
  [
    { settings: { enrollment: { reEnrollmentDelay: '2 days' } } },
    ['In the settings, re enrollment delay of enrollment is 2 days now (before: none).'],
  ],
  [
    { goals: [{ id: 'booked', name: 'Booked a talk', event: 'talk.held' }] },
    ['In the goal "Booked a talk", event is "talk.held" now (before: "talk.booked").'],
  ],
  [
    {
      triggers: [
        {
          type: 'event',
          event: 'guide.downloaded',
          filter: [{ field: 'lang', operator: '==', value: 'de' }],
        },
      ],
    },
    ['In the trigger "guide.downloaded", filter is new.'],
  ],
  [{ tests: [{ name: 'clicks', expect: { status: 'completed' } }] }, ['The test "clicks" is new.']],
])('a change in words: %#', (changes, told) => {
  expect(sentences(changes)).toEqual(told);
});

test('who stands first in the list is a change where nothing else says who is first', () => {
  const round = (edges: string[]) =>
    define({
      ...waiting,
      edges,
      nodes: { pause: waiting.nodes.pause, reacts: waiting.nodes.reacts },
    });
  const before = round(['pause -> reacts', 'reacts:timed_out -> pause', 'reacts:received -> end']);
  const after = { ...before, nodes: [...before.nodes].reverse() };
  expect(diffDefinitions(before, after)).toEqual([
    {
      part: 'edge',
      kind: 'changed',
      id: 'trigger:next',
      path: 'target',
      before: 'pause',
      after: 'reacts',
      sentence: 'The journey begins with "reacts" now (before: "Let a day pass").',
    },
  ]);
});
