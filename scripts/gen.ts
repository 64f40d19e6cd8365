/**
 * Writes what is derived from the code: the list of node types and the reference pages, and what the benchmark
 * has measured into the page that tells it.
 *
 *   npm run gen               writes every file that differs
 *   npm run gen -- --check    writes nothing; exits 1 and names the files that differ
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderDefinitionSchema } from './docs/definition-schema';
import { renderDefinitionPage } from './docs/definition-page';
import { renderErrorsPage } from './docs/errors-page';
import { listNodeFiles, loadNodeType, NODES_FOLDER, ROOT } from './docs/node-files';
import { renderNodesIndex } from './docs/nodes-index';
import { renderNodesPage } from './docs/nodes-page';
import { renderScalingPage } from './docs/scaling-page';

/** Every generated file, by its path from the root, with the text it should have. */
export async function generate(): Promise<Map<string, string>> {
  const files = listNodeFiles();
  const types = await Promise.all(files.map(loadNodeType));
  return new Map([
    [`${NODES_FOLDER}/index.ts`, renderNodesIndex(files)],
    ['docs/nodes.md', renderNodesPage(types)],
    ['docs/definition.md', renderDefinitionPage(types)],
    ['docs/errors.md', renderErrorsPage()],
    ['docs/definition.schema.json', renderDefinitionSchema(types)],
    ['docs/scaling.md', renderScalingPage()],
  ]);
}

/** What is on disk, or null where there is no such file. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(path.join(ROOT, file), 'utf8');
  } catch {
    return null;
  }
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
  writeFileSync(path.join(ROOT, file), text);
}

async function main(): Promise<void> {
  const check = process.argv.includes('--check');
  const stale = [...(await generate())].filter(([file, text]) => textOf(file) !== text);
  for (const [file, text] of stale) {
    if (check) console.error(`${file} is not what the code says: run "npm run gen".`);
    else {
      write(file, text);
      console.log(`wrote ${file}`);
    }
  }
  if (check && stale.length > 0) process.exitCode = 1;
}

if (require.main === module) void main();
