/**
 * Owns the servers of one jest run: PostgreSQL with a migrated template database, and Temporal, each
 * started when the first test file asks for it and shared by all. Test files run in processes of
 * their own, so they ask over HTTP.
 */
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { migrate } from '../../src/db/migrate';
import { startPostgres } from '../../src/dev/postgres';
import { startTemporal } from '../../src/dev/temporal';
import { databaseUrl, TEMPLATE } from './server-address';

export interface ServerDesk {
  url: string;
  close(): Promise<void>;
}

interface Started {
  address: string;
  stop(): Promise<void>;
}

export async function openServerDesk(): Promise<ServerDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  // As root PostgreSQL runs as another user, whose data would lie outside a closed folder and stay behind.
  await chmod(folder, 0o755);
  // Also when the run is interrupted: jest skips the teardown then, and the servers get the Ctrl-C too.
  const tidy = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', tidy);
  const starters = new Map([
    ['/postgres', () => startDatabaseServer(folder)],
    ['/temporal', () => startTemporalServer(folder)],
  ]);
  const started = new Map<string, Promise<Started>>();
  const server = createServer((request, response) => {
    // A connection that is kept may be closed here in the moment in which somebody asks again.
    response.setHeader('Connection', 'close');
    const start = starters.get(request.url ?? '');
    if (!start) return void response.writeHead(404).end();
    const running = started.get(request.url ?? '') ?? start();
    started.set(request.url ?? '', running);
    running.then(
      ({ address }) => response.end(address),
      (error: unknown) =>
        response.writeHead(500).end(error instanceof Error ? error.stack : String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await Promise.all(
        [...started.values()].map((running) =>
          running.then(
            (it) => it.stop(),
            () => undefined,
          ),
        ),
      );
      tidy();
    },
  };
}

async function startDatabaseServer(folder: string): Promise<Started> {
  const server = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false });
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  try {
    await admin`create database ${admin(TEMPLATE)}`;
    await migrate({ url: databaseUrl(server.url, TEMPLATE) });
  } finally {
    await admin.end();
  }
  return { address: server.url, stop: () => server.stop() };
}

async function startTemporalServer(folder: string): Promise<Started> {
  const home = join(folder, 'temporal');
  await mkdir(home);
  const server = await startTemporal({ home, dbFile: null, ui: false });
  return { address: server.address, stop: () => server.stop() };
}
