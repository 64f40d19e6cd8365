/**
 * Temporal's own server on PostgreSQL, as docker-compose.yml has it: the release of its image, its variables, and its
 * scripts for the schema and the namespace, run by the programs that the images would bring.
 *
 * The programs are built once by Go from the server's module, and kept in the user's folder for programs.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { cacheDir } from '../../src/dev/cache-dir';
import { logTail, withLogFile } from '../../src/dev/log-file';
import { isPortFree } from '../../src/dev/ports';
import { childEnd, hasEnded, stopChild } from '../../src/dev/processes';
import { findTemporal } from '../../src/dev/temporal-binary';
import { composeFile, type ComposeService } from './compose';

const BUILD_MS = 25 * 60_000;
/** Where the binaries lie, by the name of the package below cmd/ and by the one that the images give them. */
const PROGRAMS = { server: 'temporal-server', 'tools/sql': 'temporal-sql-tool' } as const;

export interface ServerPrograms {
  readonly folder: string;
}

const folderOf = (version: string) => join(cacheDir(), `temporal-server-${version}`);

/** The release that the compose file runs. */
export function serverVersion(): string {
  const [, version = ''] = /:([\d.]+)$/.exec(service('temporal').image ?? '') ?? [];
  return version;
}

/** Whether the programs are there or can be built; says on standard error when not. */
export function canHaveTemporalServer(): boolean {
  if (isComplete(folderOf(serverVersion()))) return true;
  if (spawnSync('go', ['version']).status === 0) return true;
  process.stderr.write(
    "Temporal's server: no Go to build it with. The test that needs it is skipped; install Go 1.26 or later (https://go.dev/dl).\n",
  );
  return false;
}

const isComplete = (folder: string) =>
  Object.values(PROGRAMS).every((program) => existsSync(join(folder, program)));

/** Builds what is not there yet, at a low priority; some minutes, once. */
export async function temporalServerPrograms(): Promise<ServerPrograms> {
  const version = serverVersion();
  const folder = folderOf(version);
  if (isComplete(folder)) return { folder };
  const building = `${folder}.partial-${process.pid}`;
  mkdirSync(building, { recursive: true });
  const packages = Object.keys(PROGRAMS).map(
    (name) => `go.temporal.io/server/cmd/${name}@v${version}`,
  );
  const child = spawn('go', ['install', '-ldflags=-s -w', ...packages], {
    env: { ...process.env, GOBIN: building },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_MS,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  // Its compilers inherit it: other tests go on meanwhile.
  if (child.pid !== undefined) setPriority(child.pid, 10);
  await childEnd(child);
  if (child.exitCode !== 0) throw new Error(`Temporal's server ${version} was not built:\n${said}`);
  for (const [name, program] of Object.entries(PROGRAMS))
    renameSync(join(building, name.split('/').at(-1) ?? ''), join(building, program));
  rmSync(folder, { recursive: true, force: true });
  renameSync(building, folder);
  return { folder };
}

export interface PostgresTemporal {
  readonly address: string;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes schema and namespace by the compose file's scripts, and starts the server. Its files are in `folder`. */
export async function startTemporalOnPostgres(
  { folder: programs }: ServerPrograms,
  postgresUrl: string,
  folder: string,
): Promise<PostgresTemporal> {
  const path = await toolPath(programs, folder);
  const database = await loginFor(postgresUrl);
  const schema = scriptOf('temporal-schema')
    .replace('--ep postgres -p 5432', `--ep ${database.hostname} -p ${database.port}`)
    .replace('-u throughline', `-u ${database.username}`);
  shell(schema, { PATH: path, SQL_PASSWORD: decodeURIComponent(database.password) });
  const env = await environment(database, folder);
  const address = `127.0.0.1:${env['FRONTEND_GRPC_PORT']}`;
  const logFile = join(folder, 'temporal-server.log');
  let child: ChildProcess | undefined;
  const server: PostgresTemporal = {
    address,
    async kill() {
      child?.kill('SIGKILL');
      if (child) await childEnd(child);
    },
    async start() {
      const started = withLogFile(logFile, { fresh: false }, (log) =>
        spawn(join(programs, 'temporal-server'), ['start'], { env, stdio: ['ignore', log, log] }),
      );
      child = started;
      await namespaceIsThere({ PATH: path, TEMPORAL_ADDRESS: address }, started).catch((error) => {
        const said = logTail(logFile).replace(/^(.{400}).*$/gm, '$1 …');
        throw new Error(`${String(error)}\nThe end of ${logFile}:\n${said}`);
      });
    },
    async stop() {
      if (child === undefined) return;
      await stopChild(child, [
        ['SIGTERM', 15_000],
        ['SIGKILL', 2_000],
      ]);
    },
  };
  await server.start();
  return server;
}

/** The servers of a test run hash passwords in one round, which Temporal's driver does not believe. */
async function loginFor(postgresUrl: string): Promise<URL> {
  const [name, password] = ['temporal_server', randomBytes(16).toString('hex')];
  const sql = postgres(postgresUrl, { max: 1, onnotice: () => undefined });
  await sql`set scram_iterations = 4096`;
  await sql.unsafe(`create role ${name} login createdb password '${password}'`);
  await sql.end();
  return Object.assign(new URL(postgresUrl), { username: name, password });
}

/** A PATH on which the images' programs come first. */
async function toolPath(programs: string, folder: string): Promise<string> {
  const tools = join(folder, 'bin');
  mkdirSync(tools, { recursive: true });
  symlinkSync(await findTemporal(), join(tools, 'temporal'));
  symlinkSync(join(programs, 'temporal-sql-tool'), join(tools, 'temporal-sql-tool'));
  return `${tools}:${process.env['PATH']}`;
}

/** The service's variables, on this machine's database and free ports. */
async function environment(database: URL, folder: string): Promise<Record<string, string>> {
  const dynamicConfig = join(folder, 'dynamic-config.yaml');
  writeFileSync(dynamicConfig, compose().configs['temporal-dynamic-config']?.content ?? '');
  const roles = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'];
  const names = roles.flatMap((role) => [`${role}_GRPC_PORT`, `${role}_MEMBERSHIP_PORT`]);
  const ports: [string, string][] = [];
  for (const name of [...names, 'FRONTEND_HTTP_PORT']) ports.push([name, String(await lowPort())]);
  return {
    ...service('temporal').environment,
    POSTGRES_SEEDS: database.hostname,
    DB_PORT: database.port,
    POSTGRES_USER: decodeURIComponent(database.username),
    POSTGRES_PWD: decodeURIComponent(database.password),
    BIND_ON_IP: '127.0.0.1',
    TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
    DYNAMIC_CONFIG_FILE_PATH: dynamicConfig,
    LOG_LEVEL: 'warn',
    ...Object.fromEntries(ports),
  };
}

/** Free, and low: PostgreSQL's table of the server's members has 15 bits for a port. */
async function lowPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isPortFree(port)) return port;
  }
}

/** The compose file's script waits until the server is well, makes what is missing, and ends. */
async function namespaceIsThere(env: Record<string, string>, server: ChildProcess): Promise<void> {
  const script = spawn('/bin/sh', ['-ec', scriptOf('temporal-namespace')], {
    // The command line wants a home folder for its profiles.
    env: { HOME: process.env['HOME'] ?? '/', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  let said = '';
  for (const stream of [script.stdout, script.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-1_000);
    });
  const ended = childEnd(server).then(() => script.kill());
  await childEnd(script);
  if (script.exitCode === 0 && !hasEnded(server)) return;
  server.kill('SIGKILL');
  await ended;
  throw new Error(`Temporal's server did not start. Its namespace script said:\n${said}`);
}

function shell(script: string, env: Record<string, string>): void {
  execFileSync('/bin/sh', ['-ec', script], { env, stdio: 'pipe' });
}

const scriptOf = (name: string) => String(service(name).command?.[0]);

const service = (name: string): ComposeService => compose().services[name] ?? {};

/** With secrets of no meaning: the servers are this machine's. */
function compose() {
  const names = ['POSTGRES_PASSWORD', 'THROUGHLINE_DB_PASSWORD', 'THROUGHLINE_API_KEY'];
  const more = ['THROUGHLINE_LINK_KEYS', 'THROUGHLINE_METRICS_TOKEN'];
  return composeFile(Object.fromEntries([...names, ...more].map((name) => [name, 'none'])));
}
