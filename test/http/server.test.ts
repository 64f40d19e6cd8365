import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ThroughlineClient } from '../../src/client/index';
import { createApiKey } from '../../src/db/api-keys';
import { getEnrollment } from '../../src/db/enrollments';
import { eventually } from '../support/eventually';
import { startFreezingProxy } from '../support/freezing-proxy';
import { testNamespace } from '../support/namespace';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { endPrograms, startProgram } from '../support/program';
import { waiting } from './api';

let database: TestDatabase;
let apiKey: string;
beforeAll(async () => {
  database = await testDatabase();
  const { db, workspaceId } = database;
  apiKey = (
    await db.inWorkspace(workspaceId, (tx) => createApiKey(tx, { name: 'test', scopes: ['admin'] }))
  ).key;
});
afterEach(() => endPrograms());
afterAll(() => database.close());

const environment = (more: Record<string, string>) => ({
  ...{ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:1', PORT: '0' },
  ...more,
});

/** The API as a process of its own, with nobody at Temporal's address unless told. */
async function startProcess(
  more: Record<string, string> = {},
): Promise<{ child: ChildProcess; address: string }> {
  const { child, logged } = startProgram('src/server.ts', environment(more));
  const { port } = await logged('api.ready');
  return { child, address: `http://127.0.0.1:${port}` };
}

test('without Temporal the API accepts and stores, and a kill after the 202 loses nothing', async () => {
  const { child, address } = await startProcess();
  const client = await ThroughlineClient.connect({ address, apiKey });
  const ready = await fetch(`${address}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not_ready', database: true, temporal: false },
  ]);
  await client.workflows.create(waiting('offline'));
  await client.workflows.activate('offline');
  const { id, temporal } = await client.enroll('offline', {
    contact: { email: 'ada@example.com' },
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(temporal.runId).toBeNull();
  const row = await database.db.inWorkspace(database.workspaceId, (tx) => getEnrollment(tx, id));
  expect(row).toMatchObject({ status: 'running', workflowKey: 'offline' });
  const [left] =
    await database.admin`select count(*)::int as count from outbox where kind = 'start'`;
  expect(left).toEqual({ count: 1 });
});

test('SIGTERM ends it cleanly', async () => {
  const { child, address } = await startProcess();
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a host in another zone is refused, before anything is stored', async () => {
  const { logged } = startProgram('src/server.ts', environment({ TZ: 'Europe/Berlin' }));
  const { err } = await logged('api.failed');
  expect(err).toMatchObject({ message: expect.stringContaining('TZ=UTC') });
});

test('told to stop while Temporal has fallen silent in the middle of a start, it ends within five seconds', async () => {
  const temporal = await testNamespace();
  const proxy = await startFreezingProxy(temporal.address);
  try {
    const { child, address } = await startProcess({
      TEMPORAL_ADDRESS: proxy.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    });
    const client = await ThroughlineClient.connect({ address, apiKey });
    await client.workflows.create(waiting('silent'));
    await client.workflows.activate('silent');
    const ada = await client.enroll('silent', { contact: { email: 'ada@example.com' } });
    await eventually('she is started', async () => (await ada.get()).temporal.runId);
    proxy.freeze();
    await client.enroll('silent', { contact: { email: 'bo@example.com' } });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    await Promise.all([proxy.close(), temporal.close()]);
  }
}, 60_000);
