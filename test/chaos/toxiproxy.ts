/** Toxiproxy: found on PATH or in this user's folder for programs, else built once with Go. */
import { execFile, spawn } from 'node:child_process';
import { access, constants, mkdir, rename } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../src/dev/cache-dir';
import { freePort } from '../../src/dev/ports';
import { stopChild } from '../../src/dev/processes';
import { eventually } from '../support/eventually';
import type { Link, LinkMaker } from './links';

const VERSION = '2.12.0';
const MODULE = `github.com/Shopify/toxiproxy/v2/cmd/server@v${VERSION}`;
const BUILD_MS = 5 * 60_000;

/** Starts Toxiproxy; null where there is none and none can be built. */
export async function startToxiproxy(): Promise<LinkMaker | null> {
  const program = await findProgram();
  if (program === null) return null;
  const port = await freePort();
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
  child.once('error', () => undefined);
  const api = `http://127.0.0.1:${port}`;
  await eventually('Toxiproxy answers', async () =>
    fetch(`${api}/version`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    kind: `Toxiproxy ${VERSION}`,
    link: (name, target) => link(api, name, target),
    stop: () =>
      stopChild(child, [
        ['SIGTERM', 2_000],
        ['SIGKILL', 1_000],
      ]),
  };
}

async function findProgram(): Promise<string | null> {
  const folder = join(cacheDir(), `toxiproxy-${VERSION}`);
  const cached = join(folder, 'toxiproxy-server');
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((each) => join(each, 'toxiproxy-server'));
  for (const file of [cached, ...onPath]) if (await isProgram(file)) return file;
  const building = `${folder}.partial-${process.pid}`;
  try {
    await mkdir(building, { recursive: true });
    await promisify(execFile)('go', ['install', MODULE], {
      env: { ...process.env, GOBIN: building },
      timeout: BUILD_MS,
    });
    await mkdir(folder, { recursive: true });
    await rename(join(building, 'server'), cached);
    return cached;
  } catch {
    return null;
  }
}

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

async function link(api: string, name: string, target: string): Promise<Link> {
  const port = await freePort();
  const at = `${api}/proxies/${name}`;
  await ask(`${api}/proxies`, { name, listen: `127.0.0.1:${port}`, upstream: target });
  const toxic = (type: string, attributes: object) =>
    ask(`${at}/toxics`, { name: type, type, attributes });
  return {
    name,
    port,
    cut: () => ask(at, { enabled: false }),
    hush: () => toxic('timeout', { timeout: 0 }),
    slow: (latency) => toxic('latency', { latency, jitter: Math.ceil(latency / 4) }),
    async heal() {
      await ask(at, { enabled: true });
      for (const type of ['timeout', 'latency'])
        await fetch(`${at}/toxics/${type}`, { method: 'DELETE' });
    },
  };
}

async function ask(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`Toxiproxy refused ${url}: ${await response.text()}`);
}
