/** The `.env` that docs/deploy.md makes: its block is run, in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedFolder } from '../dev/folders';
import { fencedBlocks, textOf } from '../docs/markdown';
import { envFile } from './compose';

/** Makes it anew; `removeFolders` takes the folder away. */
export function deployEnv(): Readonly<Record<string, string>> {
  const block = fencedBlocks(textOf('docs/deploy.md')).find(({ text }) =>
    text.includes('cat > .env'),
  );
  if (block === undefined) throw new Error('docs/deploy.md does not say how to make .env.');
  const folder = closedFolder();
  execFileSync('bash', ['-euo', 'pipefail', '-c', block.text], { cwd: folder });
  return envFile(readFileSync(join(folder, '.env'), 'utf8'));
}
