import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { showElapsed } from './elapsed.mjs';

/** The project folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const LEAST_NODE = [20, 19];

/**
 * Makes sure that Node is recent enough and that node_modules is what package-lock.json and patches/ say; ends the
 * process with a message when it cannot. Uses nothing but Node, since it runs before anything is installed.
 */
export async function prepare() {
  checkNode();
  const lock = hashOf('package-lock.json', ...patches());
  const stamp = join(root, 'node_modules', '.throughline-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const done = showElapsed('Installing dependencies (npm ci)');
  const reason = await install();
  if (reason !== null) {
    done('npm ci did not end well');
    fail(`npm ci failed: ${reason}. Its messages are above.`);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
  done('Dependencies installed');
}

/** Null when all is installed, else why not. */
async function install() {
  // Without --include=dev an environment with NODE_ENV=production would leave out tools that start and test need.
  const options = ['--include=dev', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  try {
    const code = await npm(['ci', ...options]);
    if (code > 128) process.exit(code); // By a signal: whoever sent it knows.
    return code === 0 ? null : `exit code ${code}`;
  } catch (error) {
    return error.message;
  }
}

function npm(args) {
  const options = { cwd: root, stdio: 'inherit' };
  // Inside "npm start" this names the very npm that runs; its folder need not be on PATH.
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script))
    return runChild(process.execPath, [script, ...args], options);
  return runChild('npm', args, { ...options, shell: process.platform === 'win32' });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  fail(
    `Throughline needs Node ${LEAST_NODE.join('.')} or later; this is ${process.versions.node}. See https://nodejs.org.`,
  );
}

function patches() {
  const folder = join(root, 'patches');
  return existsSync(folder) ? readdirSync(folder).map((name) => `patches/${name}`) : [];
}

function hashOf(...names) {
  const hash = createHash('sha256');
  for (const name of names) hash.update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
