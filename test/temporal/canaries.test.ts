import type { Database } from '../../src/db/client';
import { latestCanary } from '../../src/db/canaries';
import { recordEvent } from '../../src/db/events';
import { enterVersion } from '../../src/db/workflows';
import { listRunningCanaries, type Place } from '../../src/db/upkeep';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { CANARY_LIMITS } from '../../src/journey/canary';
import type { Logger } from '../../src/log';
import { canaryWatch } from '../../src/temporal/canaries';
import { dispatchEvent } from '../../src/temporal/dispatch';
import { entries, fails, tried } from '../db/canary-rows';
import * as rows from '../db/rows';
import { claimedEvent } from '../support/claimed-event';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let relay: Database;
beforeAll(async () => {
  t = await testDatabase();
  relay = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());

const limits = { ...CANARY_LIMITS, after: 1 };

/** A canary of a workspace in which everybody fails, or nobody. */
const canaryIn = (workspaceId: string, doesHarm: boolean) =>
  t.db.inWorkspace(workspaceId, async (tx) => {
    const workflowId = await tried(tx, { share: 100, limits });
    for (const row of await entries(tx, workflowId, 1)) if (doesHarm) await fails(tx, row);
    return workflowId;
  });
const stateOf = (workspaceId: string, workflowId: string) =>
  t.db.inWorkspace(workspaceId, async (tx) => (await latestCanary(tx, workflowId))?.state);

test('the watch halts canaries of every workspace that do harm, leaves the others, and tells', async () => {
  const other = await t.newWorkspace();
  const all: [workspaceId: string, workflowId: string][] = [];
  for (const workspaceId of [t.workspaceId, other])
    for (const doesHarm of [true, false])
      all.push([workspaceId, await canaryIn(workspaceId, doesHarm)]);
  const told: Record<string, unknown>[] = [];
  const log = { warn: (fields: Record<string, unknown>) => void told.push(fields) };
  const watch = canaryWatch({ outbox: relay, db: t.db, log: log as unknown as Logger });
  await watch.run(null, new AbortController().signal);
  const states = await Promise.all(all.map(([workspaceId, id]) => stateOf(workspaceId, id)));
  expect(states).toEqual(['halted', 'running', 'halted', 'running']);
  const halted = [all[0], all[2]].map((place) => ({
    ...{ event: 'canary.halted', workspaceId: place?.[0], workflowId: place?.[1], version: 2 },
  }));
  expect(told).toHaveLength(2);
  expect(told).toEqual(expect.arrayContaining(halted));
});

test('running canaries are listed page by page, by the relay alone', async () => {
  const seen: string[] = [];
  let after: Place | null = null;
  for (let page = 0; page < 3; page += 1) {
    const [row] = await listRunningCanaries(relay, { after, limit: 1 });
    if (row === undefined) break;
    seen.push(row.workspaceId);
    after = { workspaceId: row.workspaceId, id: row.workflowId };
  }
  expect([seen.length, new Set(seen).size]).toEqual([2, 2]);
  const all = { after: null, limit: 10 };
  await expect(listRunningCanaries(t.db, all)).rejects.toMatchObject({ code: '42501' });
});

test('whom an event lets in enters the canary too', async () => {
  const { workflowId, contactId, eventId } = await t.db.inWorkspace(t.workspaceId, async (tx) => {
    const id = await tried(tx, { share: 100 });
    const triggers = [{ eventType: 'trial.begun' }];
    await enterVersion(tx, { workflowId: id, version: 1, triggers });
    const who = await rows.contactId(tx);
    const [occurredAt, receivedAt] = [new Date(), new Date()];
    const input = { contactId: who, type: 'trial.begun', occurredAt, receivedAt };
    const { event } = await recordEvent(tx, input);
    return { workflowId: id, contactId: who, eventId: event.id };
  });
  const row = await claimedEvent(t, eventId);
  if (row === null) throw new Error('The event left nothing to the relay.');
  await dispatchEvent({ db: t.db, evaluators: createEvaluators(), leaseMs: 60_000 }, row);
  const entered = await t.admin`
    select workflow_id as "workflowId", version from enrollments where contact_id = ${contactId}`;
  expect(entered).toEqual([{ workflowId, version: 2 }]);
});
