/**
 * Begins a node type: its file, its test, and its line in the index.
 *
 *   npm run new-node -- send_sms effect
 *   npm run new-node -- has_consent decision
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NODES_FOLDER, ROOT } from './docs/node-files';

const KINDS = ['decision', 'flow', 'effect'] as const;
type Kind = (typeof KINDS)[number];

const TYPE = /^[a-z]+(?:_[a-z0-9]+)*$/;
const TESTS_FOLDER = 'test/journey/nodes';

/** The files of a new node type, by their path from the root. */
export function scaffold(type: string, kind: Kind): Map<string, string> {
  const name = type.replaceAll('_', '-');
  return new Map([
    [`${NODES_FOLDER}/${name}.ts`, nodeText(type, kind)],
    [`${TESTS_FOLDER}/${name}.test.ts`, testText(type)],
  ]);
}

function nodeText(type: string, kind: Kind): string {
  return `import { z } from 'zod';
import { defineNodeType } from '../node-type';

export const ${constantOf(type)} = defineNodeType({
  type: '${type}',
  kind: '${kind}',
  summary: 'Says in one sentence what the node does.',
  description: 'Says how it behaves where a marketer could expect something else.',
  config: z.strictObject({
    note: z.string().max(200).describe('What the field means, in words of a marketer.'),
  }),
  ports: ['next'],
  examples: [{ title: 'What people use it for', data: { note: 'hello' }, takes: 'next' }],
  label: ({ note }) => note,
${behaviourOf(kind)}
});
`;
}

function behaviourOf(kind: Kind): string {
  if (kind === 'decision') {
    return `  decide({ note }) {
    return { port: 'next', reason: { code: 'note.taken', detail: note } };
  },`;
  }
  return `  async run(_config, { visit, waitUntil }) {
    await waitUntil(visit.startedAt);
    return { port: 'next', reason: { code: 'note.taken' } };
  },`;
}

function testText(type: string): string {
  return `import { problemsOf, runNode } from '../../support/node';

it('goes on', async () => {
  const { steps } = await runNode('${type}', { note: 'hello' });
  expect(steps).toMatchObject([{ port: 'next' }]);
});

it.each([[{}], [{ note: 1 }], [{ note: 'hello', unknown: true }]])('refuses %j', (data) => {
  expect(problemsOf('${type}', data)).not.toEqual([]);
});
`;
}

/** `send_sms` is `sendSms`; a name that JavaScript keeps for itself gets "Node" behind it. */
function constantOf(type: string): string {
  const name = type.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const reserved = ['switch', 'delete', 'return', 'if', 'for', 'while', 'do', 'try', 'new'];
  return reserved.includes(name) ? `${name}Node` : name;
}

function isKind(text: string | undefined): text is Kind {
  return KINDS.some((kind) => kind === text);
}

function main([type = '', kind]: readonly string[]): string | null {
  if (!TYPE.test(type) || !isKind(kind)) {
    return `Usage: npm run new-node -- <type in snake_case> <${KINDS.join(' | ')}>`;
  }
  const files = scaffold(type, kind);
  const taken = [...files.keys()].find((file) => existsSync(path.join(ROOT, file)));
  if (taken !== undefined) return `${taken} exists already; choose another name or edit it.`;
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
    writeFileSync(path.join(ROOT, file), text);
    console.log(`wrote ${file}`);
  }
  const gen = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/gen.ts'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return gen.status === 0 ? null : 'npm run gen failed; its message is above.';
}

if (require.main === module) {
  const problem = main(process.argv.slice(2));
  if (problem !== null) {
    console.error(problem);
    process.exitCode = 1;
  }
}
