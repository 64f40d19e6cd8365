import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { createApiKey } from '../../src/db/api-keys';
import type { Database } from '../../src/db/client';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createApp } from '../../src/http/app';
import type { Readiness } from '../../src/http/deps';
import { problemSchema } from '../../src/http/openapi';
import { createMailLinks, type MailLinks } from '../../src/links/mail-links';
import { createLogger } from '../../src/log';
import type { EnrollmentStarter } from '../../src/temporal/enrollments';
import type { Steering } from '../../src/temporal/steering';
import { testDatabase, type TestDatabase } from '../support/postgres';

/** The API over a database of its own, with two workspaces. Temporal is a stand-in that never starts anything. */
export interface TestApi {
  readonly address: string;
  readonly db: Database;
  /** Superuser statements, which see every workspace. */
  readonly admin: TestDatabase['admin'];
  /** Another connection pool, closed with the rest. */
  readonly open: TestDatabase['open'];
  readonly workspaceId: string;
  readonly key: string;
  readonly other: { readonly workspaceId: string; readonly key: string };
  readonly wakes: () => number;
  readonly starter: { tryStart: EnrollmentStarter['tryStart'] };
  /** Tells nobody unless a test says otherwise. */
  readonly steering: { tell: Steering['tell'] };
  /** What the links in mails are made of. */
  readonly links: MailLinks;
  readonly readiness: { -readonly [K in keyof Readiness]: Readiness[K] };
  get(path: string, key?: string): request.Test;
  post(path: string, body?: unknown, key?: string): request.Test;
  put(path: string, body?: unknown, key?: string): request.Test;
  patch(path: string, body?: unknown, key?: string): request.Test;
  delete(path: string, key?: string): request.Test;
  keyWith(scopes: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Keys of the links in mails; the first one signs. */
export const LINK_KEYS = [
  { id: 'new', secret: 'n'.repeat(32) },
  { id: 'old', secret: 'o'.repeat(32) },
] as const;

const LINKS = createMailLinks({ publicUrl: 'https://journeys.example.com/', keys: LINK_KEYS });

export async function startApi(): Promise<TestApi> {
  const database = await testDatabase();
  const { db } = database;
  const mine = {
    workspaceId: database.workspaceId,
    key: await keyIn(db, database.workspaceId, ['admin']),
  };
  const otherId = await database.newWorkspace();
  const other = { workspaceId: otherId, key: await keyIn(db, otherId, ['admin']) };
  let wakes = 0;
  const starter: TestApi['starter'] = { tryStart: async () => null };
  const steering: TestApi['steering'] = { tell: async () => undefined };
  const readiness = { database: true, temporal: true };
  const app = createApp({
    db,
    links: LINKS,
    enrollments: { tryStart: (row, deadlineMs) => starter.tryStart(row, deadlineMs) },
    steering: { tell: (...telling) => steering.tell(...telling) },
    evaluators: createEvaluators(),
    wakeRelay: () => {
      wakes += 1;
    },
    ready: async () => readiness,
    log: createLogger('test', 'silent'),
  });
  const server = app.listen(0);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = (
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    key = mine.key,
  ) => request(address)[method](`/api/v1${path}`).set('Authorization', `Bearer ${key}`);
  return {
    address,
    db,
    admin: database.admin,
    open: database.open,
    ...mine,
    other,
    wakes: () => wakes,
    starter,
    steering,
    readiness,
    links: LINKS,
    get: (path, key) => send('get', path, key),
    post: (path, body, key) => send('post', path, key).send(body as object),
    put: (path, body, key) => send('put', path, key).send(body as object),
    patch: (path, body, key) => send('patch', path, key).send(body as object),
    delete: (path, key) => send('delete', path, key),
    keyWith: (scopes) => keyIn(db, mine.workspaceId, scopes),
    async close() {
      await closed(server);
      await database.close();
    },
  };
}

async function keyIn(
  db: Database,
  workspaceId: string,
  scopes: readonly string[],
): Promise<string> {
  return (await db.inWorkspace(workspaceId, (tx) => createApiKey(tx, { name: 'test', scopes })))
    .key;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A definition that is valid and waits an hour. */
export function waiting(key: string, changes: Record<string, unknown> = {}) {
  return {
    key,
    name: 'Waiting',
    trigger: { type: 'manual' },
    nodes: [{ id: 'pause', type: 'wait', data: { for: '1h' } }],
    edges: [{ source: 'pause', target: 'end' }],
    ...changes,
  };
}

/** What every problem has, whatever its code. */
export function expectProblem(response: request.Response, status: number, code: string): void {
  expect({ status: response.status, code: response.body.code, body: response.body }).toMatchObject({
    status,
    code,
  });
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.body).toMatchObject({
    type: `urn:throughline:problem:${code}`,
    title: expect.any(String),
    detail: expect.any(String),
    status,
    requestId: response.headers['x-request-id'],
  });
  expect(Object.keys(response.body).filter((member) => !PROBLEM_MEMBERS.has(member))).toEqual([]);
}

/** What the OpenAPI document says that a problem may have. */
const PROBLEM_MEMBERS = new Set(Object.keys(problemSchema.shape));
