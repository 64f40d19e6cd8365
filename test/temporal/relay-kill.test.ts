import { upsertContact } from '../../src/db/contacts';
import { type EnrollmentRow, getEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { createEnrollments } from '../../src/temporal/enrollments';
import { workflowId } from '../db/rows';
import { admit } from '../support/admit';
import { eventually } from '../support/eventually';
import { type Program, startProgram } from '../support/program';
import { programFixture } from '../support/program-fixture';
import type { RelayJob } from '../support/relay-child';

const LEASE_MS = 3_000;

const stack = programFixture();

function startRelay(stall: RelayJob['stall']): Program {
  const { address: temporalAddress, namespace } = stack.temporal;
  const job: RelayJob = {
    databaseUrl: stack.database.url,
    temporalAddress,
    namespace,
    leaseMs: LEASE_MS,
    stall,
  };
  return startProgram('test/support/relay-child.ts', {}, [JSON.stringify(job)]);
}

async function admitted(): Promise<EnrollmentRow> {
  return stack.database.db.inWorkspace(stack.database.workspaceId, async (tx) => {
    const workflow = await workflowId(tx);
    const { contact } = await upsertContact(tx, { externalId: workflow });
    const admission = { workflowId: workflow, contactId: contact.id, at: new Date() };
    return admit(tx, admission);
  });
}

/** Somebody who is under way and listens, an event about them, and somebody who is to start. */
async function given(): Promise<{ listening: EnrollmentRow; starting: EnrollmentRow }> {
  const listening = await admitted();
  await createEnrollments(stack.temporal.client, stack.database.db).start(listening);
  await stack.database.admin`delete from outbox`;
  const starting = await admitted();
  const { contactId } = listening;
  const now = new Date();
  await stack.database.db.inWorkspace(stack.database.workspaceId, (tx) =>
    recordEvent(tx, { contactId, type: 'cart.paid', occurredAt: now, receivedAt: now }),
  );
  return { listening, starting };
}

async function killed(relay: Program): Promise<void> {
  await Promise.all([relay.logged('relay.start'), relay.logged('relay.ring')]);
  await relay.end('SIGKILL');
  const rows = await stack.database.admin`
    select kind, attempts, claimed_until > now() as leased from outbox order by kind desc`;
  expect([...rows]).toEqual([
    { kind: 'start', attempts: 1, leased: true },
    { kind: 'bell', attempts: 1, leased: true },
  ]);
}

async function workedOff(): Promise<void> {
  const relay = startRelay('never');
  await eventually('the outbox is empty', async () => {
    const left = await stack.database.admin`select 1 from outbox`;
    return left.length === 0;
  });
  await relay.end('SIGKILL');
}

async function signals({ temporalWorkflowId }: EnrollmentRow): Promise<number> {
  const { events } = await stack.temporal.client.workflow
    .getHandle(temporalWorkflowId)
    .fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

/** Every run of the enrollment's workflow, by what visibility and the row say. */
async function runs({ id, temporalWorkflowId }: EnrollmentRow) {
  const query = `WorkflowId = "${temporalWorkflowId}"`;
  const found = await eventually('the run is visible', async () => {
    const all: string[] = [];
    for await (const run of stack.temporal.client.workflow.list({ query })) all.push(run.runId);
    return all.length > 0 ? all : null;
  });
  const row = await stack.database.db.inWorkspace(stack.database.workspaceId, (tx) =>
    getEnrollment(tx, id),
  );
  return { found, noted: row?.temporalRunId };
}

test('a relay killed between claim and ring: when the lease ends, the next one starts and rings', async () => {
  const { listening, starting } = await given();
  await killed(startRelay('before'));
  expect(await signals(listening)).toBe(0);
  await expect(
    stack.temporal.client.workflow.getHandle(starting.temporalWorkflowId).describe(),
  ).rejects.toThrow('not found');

  await workedOff();
  expect(await signals(listening)).toBe(1);
  const { found, noted } = await runs(starting);
  expect(found).toEqual([noted]);
});

test('a relay killed after it rang: the next one rings again, and starts nothing twice', async () => {
  const { listening, starting } = await given();
  await killed(startRelay('after'));
  const before = await runs(starting);
  expect(before.found).toEqual([before.noted]);
  expect(await signals(listening)).toBe(1);

  await workedOff();
  expect(await signals(listening)).toBe(2);
  expect(await runs(starting)).toEqual(before);
});
