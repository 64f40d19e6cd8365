/** What follows from an event is decided once, whatever happens to its bells. */
import type { Tx } from '../../src/db/client';
import { closeEnrollment, listEnrollments } from '../../src/db/enrollments';
import { findEvents, recordEvent } from '../../src/db/events';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { triggerRows } from '../../src/language/listens-to';
import { createLogger } from '../../src/log';
import { dispatchEvent } from '../../src/temporal/dispatch';
import type { Enrollments } from '../../src/temporal/enrollments';
import { type Relay, startRelay } from '../../src/temporal/relay';
import type { Doorbell } from '../../workflows/messages';
import * as rows from '../db/rows';
import { admit } from '../support/admit';
import { claimedEvent } from '../support/claimed-event';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { testDatabase, type TestDatabase } from '../support/postgres';

const LEASE_MS = 400;

let t: TestDatabase;
let relay: Relay | null = null;
/** Every test has its own, or the workflows of the others would start too. */
let type: string;
let bells: (Doorbell & { to: string })[];
/** What ringing does; rejecting is a Temporal that is down. */
let ring: () => Promise<void>;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  type = `cart.${newId().replaceAll('-', '_')}`;
  bells = [];
  ring = async () => undefined;
  await t.admin`delete from outbox`;
});
afterEach(async () => {
  await relay?.stop();
  relay = null;
});

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);

async function relaying(pollMs = 25): Promise<Relay> {
  const enrollments: Enrollments = {
    start: async () => ({ runId: 'run' }),
    tryStart: async () => null,
    async ring({ temporalWorkflowId }, bell) {
      bells.push({ ...bell, to: temporalWorkflowId });
      await ring();
      return true;
    },
  };
  relay = startRelay({
    ...{ outbox: await t.open({ role: 'throughline_relay' }), db: t.db, enrollments },
    jobs: { ring: async () => undefined },
    ...{ evaluators: createEvaluators(), leaseMs: LEASE_MS, pollMs },
    log: createLogger('test', 'silent'),
  });
  return relay;
}

/** Somebody under way in a workflow that the event starts, and that listens for it. */
async function underWay() {
  return inside(async (tx) => {
    const definition = define({
      key: `w-${newId()}`,
      nodes: { it: ['wait', { for: '1 day' }] },
      triggers: [{ type: 'event', event: type }],
    });
    const { key, name } = definition;
    const { id: workflowId } = await createWorkflow(tx, { key, name, draft: {} });
    const version = { workflowId, definition, contentHash: 'h', listensTo: [type] };
    await publishVersion(tx, { ...version, triggers: triggerRows(definition) });
    const contactId = await rows.contactId(tx);
    const enrollment = await admit(tx, { workflowId, contactId, at: new Date() });
    await tx.execute(`delete from outbox`);
    return enrollment;
  });
}

const happens = (contactId: string) =>
  inside(async (tx) => {
    const at = new Date();
    const { event } = await recordEvent(tx, {
      ...{ contactId, type, occurredAt: at, receivedAt: at },
    });
    return event.id;
  });

const outbox = () =>
  t.admin<{ kind: string; attempts: number; leased: boolean; eventId: string | null }[]>`
    select kind, attempts, claimed_until > now() as leased, payload ->> 'eventId' as "eventId"
    from outbox order by sequence`;

const isEmpty = async () => (await outbox()).length === 0;

test('refused is refused: a bell that fails does not let her in once the way is free', async () => {
  const { id, workflowId, contactId, temporalWorkflowId: to } = await underWay();
  const eventId = await happens(contactId);
  ring = async () => {
    // Who stood in the way leaves between the refusal and the next attempt.
    if (bells.length > 1) return;
    await inside((tx) => closeEnrollment(tx, id, { status: 'completed', at: new Date() }));
    throw new Error('Temporal is down');
  };
  await relaying();
  await eventually('everything is done', isEmpty);
  const bell = { kind: 'event', id: eventId, to };
  expect(bells).toEqual([bell, bell]);
  const { data } = await inside((tx) => listEnrollments(tx, { workflowId, contactId }, {}));
  expect(data).toHaveLength(1);
  const types = ['enrollment.blocked'];
  const refusals = await inside((tx) => findEvents(tx, { contactId, types }, 10));
  expect(refusals).toMatchObject([{ properties: { reason: 'already_active' } }]);
});

test('a bell is rung at the commit that leaves it, without being claimed', async () => {
  const { contactId, temporalWorkflowId: to } = await underWay();
  const waking = await relaying(60_000);
  const eventId = await happens(contactId);
  waking.wake();
  await eventually('it is rung', async () => bells.length > 0);
  await eventually('it is done', isEmpty);
  expect(bells).toEqual([{ kind: 'event', id: eventId, to }]);
});

test('bells of a relay that died are rung by the next one when the lease ends, for their event', async () => {
  const { contactId, temporalWorkflowId: to } = await underWay();
  const eventId = await happens(contactId);
  const row = await claimedEvent(t, eventId);
  if (row === null) throw new Error('There is nothing to dispatch.');
  const parts = { db: t.db, evaluators: createEvaluators(), leaseMs: LEASE_MS };
  const { bells: left } = await dispatchEvent(parts, row);
  expect(left).toHaveLength(1);
  const blocked = { kind: 'event', attempts: 0, leased: null };
  const bell = { kind: 'bell', attempts: 1, leased: true, eventId };
  expect([...(await outbox())]).toMatchObject([blocked, bell]);
  await relaying();
  await eventually('everything is done', isEmpty);
  expect(bells.filter(({ id }) => id === eventId)).toEqual([{ kind: 'event', id: eventId, to }]);
});

test('whoever lost the lease of an event decides nothing, and two at once decide it once', async () => {
  const { contactId } = await underWay();
  const eventId = await happens(contactId);
  const late = await claimedEvent(t, eventId);
  const row = await claimedEvent(t, eventId);
  if (late === null || row === null) throw new Error('There is nothing to dispatch.');
  const parts = { db: t.db, evaluators: createEvaluators(), leaseMs: 60_000 };
  expect(await dispatchEvent(parts, late)).toEqual({ leftRows: false, bells: [] });
  const both = await Promise.all([dispatchEvent(parts, row), dispatchEvent(parts, row)]);
  expect(both.flatMap((each) => each.bells)).toHaveLength(1);
});
