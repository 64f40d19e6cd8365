import fc from 'fast-check';
import { type Definition, definitionSchema } from '../../src/journey/definition';
import type { JsonObject } from '../../src/journey/json';
import { nodeTypes } from '../../src/journey/nodes/index';
import { exportDefinition } from '../../src/language/export-definition';
import { normalize } from '../../src/language/normalize';
import { parseDefinition } from '../../src/language/parse-definition';
import { harvest } from '../../src/language/written';
import { parseYaml } from '../../src/language/yaml';
import { define } from '../support/define';
import { definitionInput } from './any-definition';

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
