/** What events entail: who is let in, who is refused and told so, and where a circle of causes ends. */
import type { Tx } from '../../src/db/client';
import { listEnrollments } from '../../src/db/enrollments';
import { findEvents, recordEvent } from '../../src/db/events';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { triggerRows } from '../../src/language/listens-to';
import { dispatchEvent } from '../../src/temporal/dispatch';
import * as rows from '../db/rows';
import { claimedEvent } from '../support/claimed-event';
import { define } from '../support/define';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let contactId: string;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  contactId = await inside(rows.contactId);
});

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);

const BLOCKED = 'enrollment.blocked';

/** A workflow that this event starts, with these settings for entering. */
const startedBy = (event: string, enrollment: object = {}, triggers: object[] = [{ event }]) =>
  inside(async (tx) => {
    const definition = define({
      key: `w-${newId()}`,
      nodes: { it: ['wait', { for: '1 day' }] },
      triggers,
      settings: { enrollment },
    });
    const { key, name } = definition;
    const { id: workflowId } = await createWorkflow(tx, { key, name, draft: {} });
    const version = { workflowId, definition, contentHash: 'h', listensTo: [] };
    await publishVersion(tx, { ...version, triggers: triggerRows(definition) });
    return workflowId;
  });

const happens = (type: string, properties = {}) =>
  inside(async (tx) => {
    const at = new Date();
    const input = { contactId, type, properties, occurredAt: at, receivedAt: at };
    return (await recordEvent(tx, input)).event.id;
  });

const parts = () => ({ db: t.db, evaluators: createEvaluators(), leaseMs: 60_000 });

const dispatch = async (eventId: string) => {
  const row = await claimedEvent(t, eventId);
  return row === null ? null : dispatchEvent(parts(), row);
};

const refusals = () => inside((tx) => findEvents(tx, { contactId, types: [BLOCKED] }, 200));

const enrollmentsIn = (workflowId: string) =>
  inside(async (tx) => (await listEnrollments(tx, { workflowId, contactId }, {})).data);

test('an event lets her in, and the next one is refused and told, once each', async () => {
  const type = `cart.${newId().replaceAll('-', '_')}`;
  const workflowId = await startedBy(type);
  const [first, second] = [await happens(type), await happens(type)];
  for (const id of [first, second]) {
    expect(await dispatch(id)).toEqual({ leftRows: true, bells: [] });
    expect(await dispatch(id)).toBeNull();
  }
  expect(await enrollmentsIn(workflowId)).toMatchObject([
    { triggerEventId: first, causedBy: `event:${first}` },
  ]);
  expect(await refusals()).toMatchObject([
    { properties: { workflowId, reason: 'already_active' }, causedBy: `event:${second}` },
  ]);
});

test('who came through a trigger as often as it allows is refused, and told until when', async () => {
  const type = `cart.${newId().replaceAll('-', '_')}`;
  const rateLimit = { max: 2, per: '1 hour' };
  const restart = { whenActive: 'restart' };
  const workflowId = await startedBy(type, restart, [{ event: type, rateLimit }]);
  const ids = [await happens(type), await happens(type), await happens(type)];
  for (const id of ids) await dispatch(id);
  const entered = await enrollmentsIn(workflowId);
  const [, first] = entered;
  expect(entered).toMatchObject([{ triggerEventId: ids[1] }, { triggerEventId: ids[0] }]);
  const until = new Date((first?.startedAt.getTime() ?? 0) + 3_600_000).toISOString();
  expect(await refusals()).toMatchObject([
    { properties: { workflowId, reason: 'rate_limited', until }, causedBy: `event:${ids[2]}` },
  ]);
});

test('an event that two triggers match comes in by the one that is open, and is no refusal', async () => {
  const type = `cart.${newId().replaceAll('-', '_')}`;
  const large = [{ field: 'event.total', operator: 'greater_than', value: 10 }];
  const rateLimit = { max: 1, per: '1 hour' };
  const workflowId = await startedBy(type, { whenActive: 'restart' }, [
    { event: type, filter: large, rateLimit },
    { event: type, rateLimit: { ...rateLimit, max: 2 } },
  ]);
  for (const total of [50, 50, 5, 5, 50]) await dispatch(await happens(type, { total }));
  expect((await enrollmentsIn(workflowId)).map(({ triggerKey }) => triggerKey)).toEqual([
    `${type}#2`,
    `${type}#2`,
    `${type}#1`,
  ]);
  expect((await refusals()).map(({ properties }) => properties['reason'])).toEqual([
    'rate_limited',
    'rate_limited',
  ]);
});

test('what must hold to enter sees the event that triggers', async () => {
  const type = `cart.${newId().replaceAll('-', '_')}`;
  const entryWhen = [{ field: 'event.total', operator: 'greater_than', value: 10 }];
  const workflowId = await startedBy(type, { entryWhen });
  await dispatch(await happens(type, { total: 5 }));
  expect(await enrollmentsIn(workflowId)).toEqual([]);
  expect(await refusals()).toMatchObject([{ properties: { reason: 'entry_condition' } }]);
  await dispatch(await happens(type, { total: 50 }));
  expect(await enrollmentsIn(workflowId)).toHaveLength(1);
});

test('a workflow that is started by refusals, its own too, comes to an end', async () => {
  const workflowId = await startedBy(BLOCKED);
  const open = [await happens(BLOCKED), await happens(BLOCKED)];
  const dispatched = new Set<string>();
  while (open.length > 0 && dispatched.size < 100) {
    const id = open.shift() ?? '';
    dispatched.add(id);
    await dispatch(id);
    const known = new Set([...open, ...dispatched]);
    open.push(...(await refusals()).map((event) => event.id).filter((each) => !known.has(each)));
  }
  expect(dispatched.size).toBeLessThan(100);
  expect(await enrollmentsIn(workflowId)).toHaveLength(1);
  const reasons = (await refusals()).map(({ properties }) => properties['reason']);
  expect(reasons.filter((reason) => reason === 'caused_by_itself')).toHaveLength(1);
});
