/**
 * Applies patches/ after an install of this folder, not of the package elsewhere, which has neither. `npm ci --dry-run`
 * runs this too, and has installed nothing.
 */
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { runChild } from './child.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (process.env.npm_config_dry_run !== 'true') {
  const program = join(root, 'node_modules', 'patch-package', 'index.js');
  process.exitCode = await runChild(process.execPath, [program], { cwd: root, stdio: 'inherit' });
}
