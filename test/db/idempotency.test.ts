import { beginIdempotent, finishIdempotent } from '../../src/db/idempotency';
import { recordAudit } from '../../src/db/audit';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const request = { key: 'k', route: 'POST /events', requestHash: 'h1' };
const begin = (more: Partial<typeof request> = {}) =>
  t.db.inWorkspace(t.workspaceId, (tx) => beginIdempotent(tx, { ...request, ...more }));
const age = (key: string, interval: string) =>
  t.admin`update idempotency_keys set started_at = now() - ${interval}::interval where key = ${key}`;

test('the first request goes on, those during it wait outside, those after it get its answer', async () => {
  const states = await Promise.all(Array.from({ length: 10 }, () => begin()));
  expect(states.map(({ state }) => state).sort()).toEqual(
    ['new', ...Array<string>(9).fill('running')].sort(),
  );
  await t.db.inWorkspace(t.workspaceId, (tx) =>
    finishIdempotent(tx, { key: 'k', response: { status: 202, body: { id: 1 } } }),
  );
  expect(await begin()).toEqual({ state: 'done', response: { status: 202, body: { id: 1 } } });
});

test('a key belongs to one operation with one body, in one workspace', async () => {
  await begin({ key: 'one' });
  expect(await begin({ key: 'one', requestHash: 'h2' })).toEqual({ state: 'mismatch' });
  expect(await begin({ key: 'one', route: 'POST /contacts' })).toEqual({ state: 'mismatch' });
  const other = await t.newWorkspace();
  expect(
    await t.db.inWorkspace(other, (tx) => beginIdempotent(tx, { ...request, key: 'one' })),
  ).toEqual({ state: 'new' });
});

test('a request that died is taken over after a minute by the same request only', async () => {
  await begin({ key: 'dead' });
  await age('dead', '2 minutes');
  expect(await begin({ key: 'dead', requestHash: 'h2' })).toEqual({ state: 'mismatch' });
  expect(await begin({ key: 'dead' })).toEqual({ state: 'new' });
  expect(await begin({ key: 'dead' })).toEqual({ state: 'running' });
});

test('after a day a key is as good as new', async () => {
  await begin({ key: 'old' });
  await t.db.inWorkspace(t.workspaceId, (tx) => finishIdempotent(tx, { key: 'old', response: {} }));
  await age('old', '25 hours');
  expect(await begin({ key: 'old', requestHash: 'h2' })).toEqual({ state: 'new' });
});

test('the audit log is added to, and neither changed nor deleted', async () => {
  await t.db.inWorkspace(t.workspaceId, (tx) =>
    recordAudit(tx, {
      actor: 'key:1',
      action: 'workflow.activate',
      subjectType: 'workflow',
      subjectId: 'w',
    }),
  );
  expect(await t.admin`select actor, action, detail from audit`).toMatchObject([
    { actor: 'key:1', action: 'workflow.activate', detail: {} },
  ]);
  for (const statement of ['delete from audit', `update audit set actor = 'x'`]) {
    await expect(
      t.db.inWorkspace(t.workspaceId, (tx) => tx.execute(statement)),
    ).rejects.toMatchObject({ code: '42501' });
  }
});
