import { admitEnrollment } from '../../src/db/admission';
import {
  beginCanary,
  changeCanary,
  latestCanary,
  type NewCanary,
  runningCanary,
} from '../../src/db/canaries';
import { canaryFigures } from '../../src/db/canary-figures';
import type { Tx } from '../../src/db/client';
import { closeEnrollment, type EnrollmentRow } from '../../src/db/enrollments';
import { judgeCanary } from '../../src/db/judge-canary';
import { getWorkflow, storeVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { CANARY_LIMITS, type CanaryFigures } from '../../src/journey/canary';
import { admit } from '../support/admit';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { entries, fails, reports, tried, written } from './canary-rows';
import * as rows from './rows';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);
const canary = (more: Partial<NewCanary> = {}) => inside((tx) => tried(tx, more));
const enter = (workflowId: string, count: number) => inside((tx) => entries(tx, workflowId, count));
const again = (workflowId: string, { id, contactId }: EnrollmentRow) =>
  inside(async (tx) => {
    await closeEnrollment(tx, id, { status: 'completed', at: new Date() });
    return admit(tx, { workflowId, contactId, at: new Date() });
  });
const judge = (workflowId: string, at = new Date()) =>
  inside((tx) => judgeCanary(tx, workflowId, at));
const latest = (workflowId: string) => inside((tx) => latestCanary(tx, workflowId));
const figures = (workflowId: string) =>
  inside(async (tx) => {
    const row = await latestCanary(tx, workflowId);
    if (row === null) throw new Error('There is no canary.');
    return canaryFigures(tx, row);
  });
const NOBODY: CanaryFigures = {
  ...{ enrolled: 0, ended: 0, failed: 0, goalReached: 0 },
  ...{ writtenTo: 0, unsubscribed: 0, complained: 0 },
};

describe('who enters', () => {
  test('of a thousand people about the share enter the canary, and each the same one again', async () => {
    const workflowId = await canary({ share: 20 });
    const entered = await enter(workflowId, 1_000);
    const chosen = entered.filter(({ version }) => version === 2);
    // Five standard deviations to each side.
    expect(chosen.length).toBeGreaterThan(137);
    expect(chosen.length).toBeLessThan(263);
    expect(entered.every((row) => row.enteredVersion === row.version && row.canary === 2)).toBe(
      true,
    );
    for (const row of new Set([...chosen.slice(0, 20), ...entered.slice(0, 40)]))
      expect(await again(workflowId, row)).toMatchObject({ version: row.version });
  });

  test('a larger share takes nobody out, and a share of 100 takes everybody in', async () => {
    const workflowId = await canary({ share: 30 });
    const entered = await enter(workflowId, 60);
    const widen = (share: number) =>
      inside(async (tx) => {
        const row = await runningCanary(tx, workflowId);
        if (row) await changeCanary(tx, row, { share, limits: row.limits });
      });
    await widen(60);
    const second = [];
    for (const row of entered) second.push(await again(workflowId, row));
    const kept = second.filter((_, n) => entered[n]?.version === 2);
    expect(kept.every(({ version }) => version === 2)).toBe(true);
    expect(second.filter(({ version }) => version === 2).length).toBeGreaterThan(kept.length);
    await widen(100);
    expect(await again(workflowId, second[0] as EnrollmentRow)).toMatchObject({ version: 2 });
  });

  test('another canary chooses other people', async () => {
    const workflows = [await canary({ share: 50 }), await canary({ share: 50 })];
    const people = await enter(workflows[0] ?? '', 40);
    const other = await inside(async (tx) => {
      const versions: number[] = [];
      for (const { contactId } of people)
        versions.push(
          (await admit(tx, { workflowId: workflows[1] ?? '', contactId, at: new Date() })).version,
        );
      return versions;
    });
    expect(other).not.toEqual(people.map(({ version }) => version));
  });

  test('the rules of entering stay those of the active version', async () => {
    const workflowId = await canary({ share: 100 });
    const [first] = await enter(workflowId, 1);
    const second = await inside((tx) =>
      admitEnrollment(tx, {
        ...{ workflowId, contactId: first?.contactId ?? '', at: new Date() },
        judge: createEvaluators().condition,
      }),
    );
    expect(second).toEqual({ blocked: 'already_active' });
  });

  test('without a canary nothing is noted of one', async () => {
    const row = await inside(rows.enrollment);
    expect(row).toMatchObject({ version: 1, enteredVersion: 1, canary: null });
  });

  test('a workflow has one canary at a time', async () => {
    const workflowId = await canary();
    const second = inside(async (tx) => {
      const version = await storeVersion(tx, {
        ...{ workflowId, definition: {}, contentHash: 'h3', listensTo: [] },
      });
      const more = { share: 1, limits: CANARY_LIMITS, beganBy: 'bo', beganAt: new Date() };
      await beginCanary(tx, { workflowId, version, activeVersion: 1, ...more });
    });
    await expect(second).rejects.toMatchObject({ code: '23505' });
  });
});

describe('its rates', () => {
  const limits = { errors: 20, unsubscribes: 20, complaints: 10, after: 10 };
  const harm = {
    errors: (tx: Tx, row: EnrollmentRow) => fails(tx, row),
    unsubscribes: (tx: Tx, row: EnrollmentRow) => reports(tx, row, 'email.unsubscribed'),
    complaints: (tx: Tx, row: EnrollmentRow) => reports(tx, row, 'sms.complained'),
  };

  test.each([
    ['errors', 'email', { failed: 3, ended: 3 }, 20, 30],
    ['unsubscribes', 'email', { unsubscribed: 3 }, 20, 30],
    ['complaints', 'sms', { complained: 2 }, 10, 20],
  ] as const)(
    'above the limit of %s it is halted, but neither at it nor before enough people came',
    async (rate, channel, counted, limit, value) => {
      const workflowId = await canary({ share: 100, limits });
      const harmed = Math.floor((limit * 10) / 100);
      const people = await enter(workflowId, 9);
      await inside(async (tx) => {
        for (const row of people) await written(tx, row, channel);
        for (const row of people.slice(0, harmed)) await harm[rate](tx, row);
      });
      // Of nine people that is above the limit already.
      expect(await judge(workflowId)).toBeNull();
      const tenth = await enter(workflowId, 1);
      await inside(async (tx) => {
        for (const row of tenth) await written(tx, row, channel);
      });
      expect(await judge(workflowId)).toBeNull();
      await inside(async (tx) => {
        for (const row of tenth) await harm[rate](tx, row);
      });
      const at = new Date('2026-03-01T08:00:00Z');
      expect(await judge(workflowId, at)).toMatchObject({ version: 2 });

      const exceeded = [{ rate, value, limit, count: harmed + 1, of: 10 }];
      const canaryNow = { ...NOBODY, enrolled: 10, writtenTo: 10, ...counted };
      const decided = { exceeded, figures: { canary: canaryNow, active: NOBODY } };
      expect(await latest(workflowId)).toMatchObject({
        ...{ state: 'halted', decidedAt: at },
        decision: { by: 'throughline', reason: null, ...decided },
      });
      const audited = await t.admin`
        select actor, action, detail from audit where subject_id = ${workflowId}`;
      expect(audited).toEqual([
        {
          ...{ actor: 'throughline', action: 'workflow.canary_halt' },
          detail: { status: 'applied', version: 2, ...decided },
        },
      ]);
    },
  );

  test('once it is halted nobody enters it, who is inside stays, and it is judged no more', async () => {
    const workflowId = await canary({ share: 100, limits: { ...limits, after: 2 } });
    const [first, second] = await enter(workflowId, 2);
    await inside((tx) => fails(tx, first as EnrollmentRow));
    expect(await judge(workflowId)).not.toBeNull();
    expect(await judge(workflowId)).toBeNull();
    expect(await enter(workflowId, 3)).toMatchObject(
      Array.from({ length: 3 }, () => ({ version: 1, canary: null })),
    );
    expect(await inside((tx) => getWorkflow(tx, workflowId))).toMatchObject({
      ...{ activeVersion: 1, canaryVersion: null },
    });
    const [inThere] =
      await t.admin`select status, version from enrollments where id = ${second?.id ?? ''}`;
    expect(inThere).toEqual({ status: 'running', version: 2 });
  });

  test('of several judges one halts it, and writes it down once', async () => {
    const workflowId = await canary({ share: 100, limits: { ...limits, after: 1 } });
    const [person] = await enter(workflowId, 1);
    await inside((tx) => fails(tx, person as EnrollmentRow));
    const answers = await Promise.all(Array.from({ length: 5 }, () => judge(workflowId)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    const audited = await t.admin`select 1 from audit where subject_id = ${workflowId}`;
    expect(audited).toHaveLength(1);
  });

  test('harm in the active version is none of its own, and stands beside it', async () => {
    const workflowId = await canary({ share: 50, limits: { ...limits, after: 1 } });
    const people = await enter(workflowId, 40);
    const [inCanary, inActive] = [2, 1].map((version) =>
      people.filter((row) => row.version === version),
    );
    await inside(async (tx) => {
      for (const row of inActive ?? []) {
        await written(tx, row);
        await reports(tx, row, 'email.unsubscribed');
        await fails(tx, row);
      }
    });
    expect(await judge(workflowId)).toBeNull();
    const harmed = inActive?.length ?? 0;
    expect(await figures(workflowId)).toEqual({
      canary: { ...NOBODY, enrolled: inCanary?.length },
      active: {
        ...{ enrolled: harmed, ended: harmed, failed: harmed, goalReached: 0 },
        ...{ writtenTo: harmed, unsubscribed: harmed, complained: 0 },
      },
    });
  });

  test('somebody counts for the version that she entered, wherever she was moved', async () => {
    const workflowId = await canary({ share: 100 });
    const [person] = await enter(workflowId, 1);
    await t.admin`update enrollments set version = 1 where id = ${person?.id ?? ''}`;
    await inside((tx) => fails(tx, person as EnrollmentRow));
    expect(await figures(workflowId)).toMatchObject({
      ...{ canary: { enrolled: 1, failed: 1 }, active: { enrolled: 0 } },
    });
  });

  test('only what is about its own messages counts, and each person once', async () => {
    const workflowId = await canary({ share: 100 });
    const [twice, elsewhere, colleague] = await enter(workflowId, 3);
    await inside(async (tx) => {
      await written(tx, twice as EnrollmentRow);
      await reports(tx, twice as EnrollmentRow, 'email.unsubscribed');
      await reports(tx, twice as EnrollmentRow, 'email.unsubscribed');
      await reports(tx, twice as EnrollmentRow, 'email.opened');
      // The latest message that she got is of another journey.
      await written(tx, elsewhere as EnrollmentRow);
      const contactId = elsewhere?.contactId ?? '';
      const other = await admit(tx, {
        ...{ workflowId: await rows.workflowId(tx), contactId, at: new Date() },
      });
      await written(tx, other);
      await reports(tx, other, 'email.complained');
      // A notice to a colleague is nothing that she could object to.
      await written(tx, colleague as EnrollmentRow, 'notification');
      await reports(tx, colleague as EnrollmentRow, 'notification.complained');
    });
    expect((await figures(workflowId)).canary).toEqual({
      ...NOBODY,
      ...{ enrolled: 3, writtenTo: 2, unsubscribed: 1 },
    });
  });
});

test('a canary is its workspace’s alone', async () => {
  const workflowId = await canary({ share: 100, limits: { ...CANARY_LIMITS, after: 1 } });
  const [person] = await enter(workflowId, 1);
  await inside((tx) => fails(tx, person as EnrollmentRow));
  const other = await t.newWorkspace();
  const theirs = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(other, work);
  expect(await theirs((tx) => latestCanary(tx, workflowId))).toBeNull();
  expect(await theirs((tx) => judgeCanary(tx, workflowId, new Date()))).toBeNull();
  expect(await latest(workflowId)).toMatchObject({ state: 'running' });
});
