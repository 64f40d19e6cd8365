import fc from 'fast-check';
import { type Definition, definitionSchema } from '../../src/journey/definition';
import type { JsonObject } from '../../src/journey/json';
import { portsOf } from '../../src/journey/node-type';
import { nodeTypes } from '../../src/journey/nodes/index';
import { exportDefinition } from '../../src/language/export-definition';
import { normalize } from '../../src/language/normalize';
import { parseDefinition } from '../../src/language/parse-definition';
import { harvest } from '../../src/language/written';
import { parseYaml } from '../../src/language/yaml';
import { define } from '../support/define';

const FORMS = ['graph', 'steps', 'actions'] as const;
const FORMATS = ['yaml', 'json'] as const;

/** What parsing makes of an input, without judging the graph: random graphs are seldom good ones. */
function canonical(input: JsonObject): Definition {
  const { tree, notes } = normalize(input);
  expect(notes.errors).toEqual([]);
  const definition = definitionSchema.parse(harvest(tree));
  const nodes = definition.nodes.map((node) => ({
    ...node,
    data: nodeTypes.get(node.type)?.config.parse(node.data) as JsonObject,
  }));
  return { ...definition, nodes };
}

function read(text: string): JsonObject {
  const { value, issues } = parseYaml(text);
  expect(issues).toBeNull();
  return value as JsonObject;
}

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

const definitionInput = nodes.chain((all) =>
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

describe('import of an export', () => {
  test('is the identical definition, whatever the graph', () => {
    fc.assert(
      fc.property(
        definitionInput,
        fc.constantFrom(...FORMS),
        fc.constantFrom(...FORMATS),
        (input, form, format) => {
          const definition = canonical(input as unknown as JsonObject);
          const exported = exportDefinition(definition, { form, format });
          const again = canonical(read(exported));
          expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(definition)));
          // Not only the same graph: the same order, so that texts can be compared.
          expect(again.edges).toEqual(definition.edges);
          expect(exportDefinition(again, { form, format })).toBe(exported);
        },
      ),
      { numRuns: Number(process.env['FORMS_RUNS'] ?? 250) },
    );
  });

  test('is the identical definition for every example of every node type', () => {
    for (const type of nodeTypes.values()) {
      for (const { data: written } of type.examples) {
        const input = { name: 'x', trigger: { type: 'manual' }, edges: [] };
        const definition = canonical({
          key: 'x',
          ...input,
          nodes: [{ id: 'a', type: type.type, data: written as JsonObject }],
        });
        for (const form of FORMS) {
          const text = exportDefinition(definition, { form, format: 'yaml' });
          expect(canonical(read(text))).toEqual(definition);
        }
      }
    }
  });
});

describe('an export reads as somebody would have written it', () => {
  const definition = define({
    nodes: {
      pause: ['wait', { for: 90 * 60_000 }],
      ask: ['condition', { condition: [{ field: 'score', operator: '>', value: 3 }] }],
      remind: ['send_email', { subject: 'no', text: 'Hi\nthere\n' }],
      gone: ['exit'],
    },
    edges: [
      'pause -> ask',
      'ask:true -> remind',
      'ask:false -> gone',
      'remind:not_sent -> gone',
      'remind:error -> end',
    ],
  });

  test('as a graph', () => {
    expect(exportDefinition(definition, { form: 'graph', format: 'yaml' })).toMatchInlineSnapshot(`
"key: journey
name: Journey
trigger:
  type: manual
nodes:
  - id: pause
    type: wait
    data:
      for: 90 minutes
  - id: ask
    type: condition
    data:
      condition:
        - field: score
          operator: greater_than
          value: 3
  - id: remind
    type: send_email
    data:
      subject: "no"
      text: |
        Hi
        there
  - id: gone
    type: exit
    data: {}
edges:
  - source: pause
    target: ask
  - source: ask
    sourceHandle: "true"
    target: remind
  - source: ask
    sourceHandle: "false"
    target: gone
  - source: remind
    sourceHandle: not_sent
    target: gone
  - source: remind
    sourceHandle: error
    target: end
"
`);
  });

  /** What is said of where each step leads. */
  const waysOf = (form: 'steps' | 'actions') => {
    const written = read(exportDefinition(definition, { form, format: 'json' }));
    expect(written).not.toHaveProperty('edges');
    const steps = written[form] as readonly JsonObject[];
    return steps.map(({ type: _type, config: _config, ...ways }) => ways);
  };

  test('as steps', () => {
    expect(waysOf('steps')).toEqual([
      { id: 'pause' },
      { id: 'ask', branches: { true: 'remind', false: 'gone' } },
      { id: 'remind', next: null, branches: { not_sent: 'gone', error: 'end' } },
      { id: 'gone' },
    ]);
  });

  test('as actions', () => {
    expect(waysOf('actions')).toEqual([
      { id: 'pause', onSuccess: ['ask'] },
      { id: 'ask', trueBranch: ['remind'], falseBranch: ['gone'] },
      { id: 'remind', branches: [{ id: 'not_sent', actions: ['gone'] }], onFailure: [] },
      { id: 'gone' },
    ]);
  });

  test('and is judged as the definition was', () => {
    for (const form of FORMS) {
      for (const format of FORMATS) {
        const text = exportDefinition(definition, { form, format });
        expect(parseDefinition(text)).toMatchObject({ definition, errors: [] });
      }
    }
  });

  test('ids of edges, and edges from the trigger, stand beside steps', () => {
    const graph = define({ nodes: { a: ['wait', { for: '1h' }], b: ['end'] }, edges: ['a -> b'] });
    const drawn = { ...graph, edges: [{ source: 'trigger', target: 'a' }, ...graph.edges] };
    expect(read(exportDefinition(drawn, { form: 'steps', format: 'json' }))).toMatchObject({
      steps: [{ id: 'a' }, { id: 'b' }],
      edges: [{ source: 'trigger', target: 'a' }],
    });
  });
});

test('characters that YAML cannot print stand in it as escapes, and come back', () => {
  const name = 'a\u0081b\u007f\uffff "c"\n- no';
  const definition = { ...define({ nodes: { a: ['wait', { for: '1h' }] } }), name };
  for (const form of FORMS) {
    const text = exportDefinition(definition, { form, format: 'yaml' });
    expect(text).not.toMatch(/[\x7f-\x84\x86-\x9f\uffff]/);
    expect(read(text)['name']).toBe(name);
  }
});
