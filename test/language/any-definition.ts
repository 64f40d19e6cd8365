import fc from 'fast-check';
import type { JsonObject } from '../../src/journey/json';
import { portsOf } from '../../src/journey/node-type';
import { nodeTypes } from '../../src/journey/nodes/index';

/** Texts that formats trip over. */
const awkward = fc.oneof(
  fc.constantFrom('no', 'yes', 'null', '~', '22:30', '1e3', '0x1F', '012', '# x', '- x', 'a: b'),
  fc.constantFrom(
    'true',
    '{{ a }}',
    '{% if x %}',
    ' x ',
    'x\n',
    '\n x\n\ny',
    'x\r\ny',
    '\t',
    '\'"',
  ),
  fc.constantFrom('&a', '*a', '!x', '%x', '@', '`', '|', '>', '2026-12-24', '<<', '=', '---\n...'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }),
);
const text = awkward.filter((value) => !value.includes('\0') && !/\p{Surrogate}/u.test(value));

const json = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.parse(JSON.stringify(value)) as never);
const condition = fc.oneof(
  fc.record({ field: text, operator: fc.constant('equals'), value: json }),
  fc.record({ field: fc.constant('x'), operator: fc.constantFrom('exists', 'is_empty') }),
  fc.record({
    type: fc.constant('event'),
    event: fc.constantFrom('email.opened', 'cart.paid'),
    within: fc.integer({ min: 1, max: 1e9 }).map((length) => `${length}ms`),
    count: fc.integer({ min: 1, max: 3 }),
    filter: fc.constant([{ field: 'total', operator: '>', value: 3 }]),
  }),
  fc.constant({ type: 'time', window: { from: '09:00', to: '17:00' } }),
);
const group = fc.oneof(
  fc.array(condition, { maxLength: 3 }),
  fc.record({
    operator: fc.constantFrom('AND', 'OR', 'NOT'),
    conditions: fc.array(fc.oneof(condition, fc.constant({ operator: 'AND', conditions: [] })), {
      maxLength: 3,
    }),
  }),
);

const milliseconds = fc.oneof(
  fc.integer({ min: 1_000, max: 600_000 }).map((length) => `${length}ms`),
  fc.constantFrom('1 minute', '90s'),
);

const data = fc.constantFrom(
  ...[...nodeTypes.values()].flatMap(({ type, examples }) =>
    examples.map((example) => ({ type, data: example.data as JsonObject })),
  ),
);

const node = (id: string) =>
  fc
    .record(
      {
        is: data,
        name: text,
        position: fc.record({ x: fc.integer(), y: fc.integer() }),
        executeIf: group,
        retry: fc.record({
          maxAttempts: fc.integer({ min: 1, max: 9 }),
          initialInterval: milliseconds,
        }),
        timeout: milliseconds,
      },
      { requiredKeys: ['is'] },
    )
    .map(({ is, ...rest }) => ({ id, ...is, ...rest }));

const NODE_IDS = ['a', '1', 'b-2', '0', 'next', 'C_3', 'n6', 'n7'];

const nodes = fc
  .integer({ min: 1, max: NODE_IDS.length })
  .chain((count) => fc.tuple(...NODE_IDS.slice(0, count).map(node)));

interface AnyNode {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
}

function ports({ type: name, data: written }: AnyNode): readonly string[] {
  const type = nodeTypes.get(name);
  if (type === undefined) throw new Error(`There is no type ${name}.`);
  return [...new Set([...portsOf(type, type.config.parse(written)), 'next', 'error'])];
}

const edges = (all: readonly AnyNode[]) => {
  const places = [
    { source: 'trigger', port: 'next' },
    ...all.flatMap((each) => ports(each).map((port) => ({ source: each.id, port }))),
  ];
  const edge = ({ source, port }: (typeof places)[number]) =>
    fc
      .record({
        id: fc.option(text, { nil: undefined, freq: 4 }),
        target: fc.constantFrom('end', ...all.map(({ id }) => id)),
        named: fc.boolean(),
      })
      .map(({ id, target, named }) => ({
        ...(id === undefined ? {} : { id }),
        source,
        ...(port === 'next' && !named ? {} : { sourceHandle: port }),
        target,
      }));
  const inOrder = fc.subarray(places);
  const shuffled = fc.shuffledSubarray(places);
  return fc.oneof(inOrder, shuffled).chain((chosen) => fc.tuple(...chosen.map(edge)));
};

const rateLimit = fc.record({ max: fc.integer({ min: 1, max: 9 }), per: milliseconds });

const trigger = fc.oneof(
  fc.record({ type: fc.constant('manual'), rateLimit }, { requiredKeys: ['type'] }),
  fc.record(
    {
      type: fc.constant('event'),
      event: fc.constantFrom('cart.paid', 'EMAIL_OPENED'),
      filter: group,
      rateLimit,
    },
    { requiredKeys: ['type', 'event', 'filter'] },
  ),
);

/** A definition as somebody might write it; its graph is seldom a good one. */
export const definitionInput = nodes.chain((all) =>
  fc.record(
    {
      key: fc.constant('journey'),
      name: text,
      description: text,
      triggers: fc.array(trigger, { minLength: 1, maxLength: 3 }),
      nodes: fc.constant(all),
      edges: edges(all),
      goals: fc.array(
        fc.record(
          {
            id: fc.constantFrom('paid', 'rich'),
            event: fc.constant('cart.paid'),
            condition: group,
            atEntry: fc.constantFrom('ignore', 'fire'),
            onAchieved: fc.constantFrom('exit', 'continue', { goTo: 'a' }),
          },
          { requiredKeys: ['id', 'event'] },
        ),
        { maxLength: 2 },
      ),
      settings: fc.record(
        {
          enrollment: fc.record(
            {
              allowMultiple: fc.boolean(),
              limit: fc.constant(3),
              reEnrollmentDelay: milliseconds,
              entryWhen: group,
            },
            { requiredKeys: [] },
          ),
          exitWhen: group,
          onNodeFailure: fc.constantFrom('fail', 'exit'),
        },
        { requiredKeys: [] },
      ),
      tests: fc.constant([
        {
          name: 'pays',
          contact: { email: 'ada@example.com', attributes: { plan: 'no', born: '2000-01-01' } },
          events: [{ after: '70m', type: 'EMAIL_OPENED', properties: { a: [1, null, 'x'] } }],
          mocks: { crm: { output: { id: 7 } } },
          expect: { status: 'completed', endedAfter: '3h' },
        },
      ]),
    },
    { requiredKeys: ['key', 'name', 'triggers', 'nodes', 'edges'] },
  ),
);
