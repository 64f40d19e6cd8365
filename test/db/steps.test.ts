import type { Tx } from '../../src/db/client';
import { endStep, enterStep, getStep, listSteps, memoStep } from '../../src/db/steps';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { enrollment, instant } from './rows';

let t: TestDatabase;
let enrollmentId: string;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  enrollmentId = (await t.db.inWorkspace(t.workspaceId, enrollment)).id;
});

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);

test('the first write of a step is the one that stays', async () => {
  const step = {
    enrollmentId,
    nodeId: 'c',
    visit: 1,
    nodeType: 'condition',
    status: 'completed' as const,
    startedAt: instant('09:00:00'),
  };
  const at = instant('09:00:00');
  const first = await inside((tx) =>
    memoStep(tx, { ...step, port: 'true', output: { n: 1 }, endedAt: at }),
  );
  const again = await inside((tx) =>
    memoStep(tx, { ...step, port: 'false', output: { n: 2 }, endedAt: at }),
  );
  expect(first).toMatchObject({
    port: 'true',
    output: { n: 1 },
    startedAt: at,
    endedAt: at,
    attempt: 1,
  });
  expect(again).toEqual(first);
});

test('twenty writers of one step at once get one answer', async () => {
  const at = instant('09:00:00');
  const write = (port: string) =>
    inside((tx) =>
      memoStep(tx, {
        enrollmentId,
        nodeId: 's',
        visit: 1,
        nodeType: 'split',
        status: 'completed',
        port,
        startedAt: at,
        endedAt: at,
      }),
    );
  const rows = await Promise.all(Array.from({ length: 20 }, (_, i) => write(`port_${i}`)));
  expect(new Set(rows.map((row) => row.port)).size).toBe(1);
});

test('a visit entered again keeps its start, and ends once', async () => {
  const key = { enrollmentId, nodeId: 'w', visit: 1 };
  const enter = (at: Date) =>
    inside((tx) => enterStep(tx, { ...key, nodeType: 'wait', status: 'waiting', at }));
  const end = (port: string, at: Date) =>
    inside((tx) =>
      endStep(tx, { ...key, status: 'completed', port, reason: 'why', output: null, at }),
    );
  await enter(instant('09:00:00'));
  expect(await enter(instant('10:00:00'))).toMatchObject({
    startedAt: instant('09:00:00'),
    status: 'waiting',
    endedAt: null,
  });
  expect(await end('next', instant('11:00:00'))).toMatchObject({
    status: 'completed',
    port: 'next',
    endedAt: instant('11:00:00'),
  });
  expect(await end('timed_out', instant('12:00:00'))).toMatchObject({
    port: 'next',
    endedAt: instant('11:00:00'),
  });
  expect(await enter(instant('13:00:00'))).toMatchObject({
    status: 'completed',
    startedAt: instant('09:00:00'),
  });
});

test('a later visit and an attempt of an operator are steps of their own', async () => {
  const key = { enrollmentId, nodeId: 'w' };
  const enter = (visit: number, attempt?: number) =>
    inside((tx) =>
      enterStep(tx, { ...key, visit, attempt, nodeType: 'wait', at: instant('09:00:00') }),
    );
  await enter(1);
  await enter(2);
  await enter(2, 2);
  const pages = await inside(async (tx) => {
    const first = await listSteps(tx, enrollmentId, { limit: 2 });
    return [first, await listSteps(tx, enrollmentId, { limit: 2, cursor: first.nextCursor })];
  });
  expect(pages.map((page) => page.data.map(({ visit, attempt }) => [visit, attempt]))).toEqual([
    [
      [1, 1],
      [2, 1],
    ],
    [[2, 2]],
  ]);
  expect(pages[1]?.nextCursor).toBeNull();
});

test('ending a step that was never entered says so', async () => {
  const key = { enrollmentId, nodeId: 'none', visit: 1 };
  const end = inside((tx) =>
    endStep(tx, { ...key, status: 'completed', port: null, at: instant('09:00:00') }),
  );
  await expect(end).rejects.toThrow(/node none, visit 1: it was never entered/);
  expect(await inside((tx) => getStep(tx, key))).toBeNull();
});
