/** What every node type owes: a file of its own, a place in the index, words, examples, docs, a test. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { alternatives, fieldsOf } from '../../scripts/docs/schema-table';
import { inputSchema } from '../../scripts/docs/input-schema';
import { listNodeFiles, loadNodeType, ROOT } from '../../scripts/docs/node-files';
import { generate, textOf } from '../../scripts/gen';
import { type NodeExample, type NodeType, portsOf } from '../../src/journey/node-type';
import { nodeTypes } from '../../src/journey/nodes/index';
import type { SimulatedStep, SimulationInput } from '../../src/journey/simulation';
import { runNode } from '../support/node';

const files = listNodeFiles();

describe('the registry of node types', () => {
  it('lists every file of the folder, and nothing else', async () => {
    const declared = await Promise.all(files.map(loadNodeType));
    expect([...nodeTypes.keys()]).toEqual(declared.map(({ type }) => type));
    // By identity: a comparison in depth of schemas takes minutes to print.
    for (const type of declared) expect(nodeTypes.get(type.type) === type).toBe(true);
  });

  it('is what "npm run gen" writes, and so are the reference pages', async () => {
    for (const [file, text] of await generate()) expect([file, textOf(file)]).toEqual([file, text]);
  });
});

describe.each(files)('the node type in $name.ts', (file) => {
  let type: NodeType;

  beforeAll(async () => {
    type = await loadNodeType(file);
  });

  it('has the name of its file', () => {
    expect(type.type.replaceAll('_', '-')).toBe(file.name);
  });

  it('says in a sentence each what it is and how it behaves', () => {
    expect(type.summary).toMatch(/^[A-Z].{10,}\.$/);
    expect(type.description).toMatch(/^[A-Z].{20,}\.$/s);
  });

  it('describes every field of its configuration', () => {
    const schema = inputSchema(type.config);
    const fields = alternatives(schema, schema).flatMap((each) => fieldsOf(each, schema));
    const silent = fields.filter((field) => !field.schema.description);
    expect(silent.map((field) => field.path)).toEqual([]);
  });

  it('refuses a field that it does not know', () => {
    const data = type.examples[0]?.data as object;
    expect(type.config.safeParse({ ...data, no_such_field: 1 }).success).toBe(false);
  });

  it('declares its ports, each once, and leaves "error" to the interpreter', () => {
    for (const { data } of type.examples) {
      const ports = portsOf(type, type.config.parse(data));
      expect(ports).toEqual([...new Set(ports)]);
      expect(ports).not.toContain('error');
      for (const port of ports) expect(port).toMatch(/^[a-z][a-z0-9_]*$/);
    }
  });

  it('says what its ports are called when the configuration names them', () => {
    const named = typeof type.ports === 'function';
    expect(type.portNames !== undefined).toBe(named);
  });

  it('goes on from an example by a port that it has', () => {
    for (const { data, takes } of type.examples) {
      const ports = portsOf(type, type.config.parse(data));
      if (takes !== null) expect(ports).toContain(takes);
    }
  });

  it('has examples', () => {
    expect(type.examples.length).toBeGreaterThan(0);
  });

  it('has examples that run and take the port they name', async () => {
    for (const example of type.examples) {
      const step = await visitOf(type, example);
      expect({ [example.title]: step?.port ?? null }).toEqual({ [example.title]: example.takes });
      expect(step).toMatchObject({ status: 'completed', visit: 1 });
    }
  });

  it('does the same at the same time when it is entered again at every await', async () => {
    for (const example of type.examples) {
      const again = await visitOf(type, example, continueAtEveryWake());
      expect([example.title, again]).toEqual([example.title, await visitOf(type, example)]);
    }
  });

  it('has a section in docs/nodes.md and a test of its own', () => {
    expect(readFileSync(path.join(ROOT, 'docs/nodes.md'), 'utf8')).toContain(`\n## ${type.type}\n`);
    const test = `test/journey/nodes/${file.name}.test.ts`;
    expect([test, existsSync(path.join(ROOT, test))]).toEqual([test, true]);
  });
});

/** The step of a journey of this one node, with the sample contact and no events. */
async function visitOf(
  type: NodeType,
  { data }: NodeExample,
  input: Partial<SimulationInput> = {},
): Promise<SimulatedStep | undefined> {
  const { steps } = await runNode(type.type, data as object, input);
  return steps.findLast(({ nodeId }) => nodeId === 'it');
}

/** Bounded, since a node that begins its wait anew at every entry would never end. */
function continueAtEveryWake(): Partial<SimulationInput> {
  let left = 50;
  return { continueAfter: (wakes) => wakes > 0 && left-- > 0 };
}
