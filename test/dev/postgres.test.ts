import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { type PostgresServer, startPostgres } from '../../src/dev/postgres';
import { processIdentity } from '../../src/dev/processes';
import { closedFolder, removeFolders } from './folders';

const servers: PostgresServer[] = [];
const children: ChildProcess[] = [];

async function start(
  dataDir: string,
  log: (line: string) => void = () => undefined,
): Promise<PostgresServer> {
  const server = await startPostgres({ dataDir, durable: false, log });
  servers.push(server);
  return server;
}

async function query<T>(
  server: PostgresServer,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres(server.url, { max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Where the data really lies: as root it may have had to move out of a closed folder. */
function realFolder(dataDir: string): string {
  const note = join(dataDir, 'elsewhere.json');
  if (!existsSync(note)) return dataDir;
  return join((JSON.parse(readFileSync(note, 'utf8')) as { place: string }).place, 'data');
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  removeFolders();
});

test('it starts below a folder that only its owner may enter, with a password, in UTC, and keeps its data', async () => {
  const dataDir = join(closedFolder(), 'postgres');
  const first = await start(dataDir);
  await query(first, (sql) => sql`create table kept (value text)`);
  await first.stop();
  expect(processIdentity(first.pid)).toBeNull();
  const second = await start(dataDir);
  const [row] = await query(
    second,
    (sql) => sql`select count(*)::int as rows, current_setting('TimeZone') as zone from kept`,
  );
  expect(row).toEqual({ rows: 0, zone: 'UTC' });
  const withoutPassword = new URL(second.url);
  withoutPassword.password = 'wrong';
  await expect(
    query({ ...second, url: withoutPassword.href }, (sql) => sql`select 1`),
  ).rejects.toThrow(/password/);
});

test('in a folder that everybody may enter the data lies in that very folder', async () => {
  const home = closedFolder();
  chmodSync(home, 0o755);
  const server = await start(join(home, 'postgres'));
  const [row] = await query(
    server,
    (sql) => sql`select current_setting('data_directory') as folder`,
  );
  expect(row).toEqual({ folder: join(home, 'postgres') });
});

test('half-initialised data is kept aside, and a complete database is made', async () => {
  const home = closedFolder();
  chmodSync(home, 0o755);
  const dataDir = join(home, 'postgres');
  mkdirSync(join(dataDir, 'global'), { recursive: true });
  mkdirSync(`${dataDir}.init-1`);
  writeFileSync(join(dataDir, 'PG_VERSION'), '18\n');
  const lines: string[] = [];
  const server = await start(dataDir, (line) => lines.push(line));
  expect(await query(server, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
  expect(lines).toEqual([expect.stringContaining('held an incomplete database')]);
  const names = readdirSync(home).filter((name) => name !== 'postgres' && name !== 'postgres.log');
  expect(names).toEqual([expect.stringMatching(/^postgres\.incomplete-/)]);
});

test('after a kill it starts again, although sessions and the pid file were left behind', async () => {
  const dataDir = join(closedFolder(), 'postgres');
  const first = await start(dataDir);
  await query(first, (sql) => sql`create table kept (value text)`);
  const open = postgres(first.url, { max: 2, onnotice: () => undefined });
  const busy = open`select pg_sleep(30)`.catch(() => undefined);
  await open`select 1`;
  process.kill(first.pid, 'SIGKILL');
  const second = await start(dataDir);
  await busy;
  await open.end({ timeout: 1 });
  expect(await query(second, (sql) => sql`select count(*)::int as rows from kept`)).toEqual([
    { rows: 0 },
  ]);
});

test('a pid file that names a stranger is removed, and the stranger is left alone', async () => {
  const dataDir = join(closedFolder(), 'postgres');
  await (await start(dataDir)).stop();
  const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], {
    stdio: 'ignore',
  });
  children.push(stranger);
  await once(stranger, 'spawn');
  writeFileSync(
    join(realFolder(dataDir), 'postmaster.pid'),
    `${stranger.pid}\n${realFolder(dataDir)}\n`,
    { mode: 0o600 },
  );
  const again = await start(dataDir);
  expect(await query(again, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
  expect(stranger.exitCode).toBeNull();
  expect(stranger.signalCode).toBeNull();
});

test('a server that an owner without a chance to stop it left running is ended first', async () => {
  const dataDir = join(closedFolder(), 'postgres');
  const left = await start(dataDir);
  const lines: string[] = [];
  const server = await start(dataDir, (line) => lines.push(line));
  expect(lines).toEqual([expect.stringContaining(`process ${left.pid}`)]);
  expect(processIdentity(left.pid)).toBeNull();
  expect(await query(server, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('two run side by side', async () => {
  const [first, second] = await Promise.all([
    start(join(closedFolder(), 'postgres')),
    start(join(closedFolder(), 'postgres')),
  ]);
  await query(first, (sql) => sql`create table only_here (value text)`);
  const found = await query(second, (sql) => sql`select to_regclass('only_here') as found`);
  expect(found).toEqual([{ found: null }]);
});

test('removing the home means starting afresh', async () => {
  const dataDir = join(closedFolder(), 'postgres');
  const first = await start(dataDir);
  await query(first, (sql) => sql`create table gone (value text)`);
  await first.stop();
  removeFolders();
  const second = await start(dataDir);
  expect(await query(second, (sql) => sql`select to_regclass('gone') as found`)).toEqual([
    { found: null },
  ]);
  removeFolders();
});

test('a given port that is taken is an error with the log of the server', async () => {
  const first = await start(join(closedFolder(), 'postgres'));
  const port = Number(new URL(first.url).port);
  await expect(
    startPostgres({ dataDir: join(closedFolder(), 'postgres'), durable: false, port }),
  ).rejects.toThrow(/did not start[\s\S]*could not bind/);
});
