import { sql } from 'drizzle-orm';
import { eraseContact } from '../../src/db/erase-contact';
import type { EnrollmentRow } from '../../src/db/enrollments';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { historiesOf } from '../support/executions';
import { type Journeys, startJourneys } from '../support/journeys';
import { type FaultyMailServer, startFaultyMailServer } from '../support/smtp';

let world: Journeys;
let server: FaultyMailServer;
beforeAll(async () => {
  server = await startFaultyMailServer();
  world = await startJourneys({ smtpUrl: server.url });
});
afterAll(async () => {
  await world?.close();
  await server?.stop();
});

const mail: readonly [string, object] = ['send_email', { subject: 'Hi', text: 'Hello' }];
const LONG = '30 days';

const journeys = {
  'that waits for a month': define({ nodes: { it: ['wait', { for: LONG }], after: mail } }),
  'that waits for a month with a goal': define({
    nodes: { it: ['wait', { for: LONG }], after: mail },
    goals: [{ id: 'paid', event: 'cart.paid' }],
  }),
  'that waits for an event': define({
    nodes: { it: ['wait_for_event', { event: 'cart.paid', timeout: LONG }], after: mail },
  }),
};

async function standing(
  definition: (typeof journeys)['that waits for an event'],
  options: Parameters<Journeys['enroll']>[2] = {},
): Promise<EnrollmentRow> {
  const contact = await world.contact();
  const enrollment = await world.enroll(await world.publish(definition), contact.id, options);
  await eventually('it stands', async () =>
    (await world.steps(enrollment.id)).some((step) => step.nodeId === 'it'),
  );
  return enrollment;
}

/** Erases as the API does; unheard, the bell is lost. */
const erase = ({ id, contactId }: EnrollmentRow, { unheard = false } = {}) =>
  world.db.inWorkspace(world.workspaceId, async (tx) => {
    await eraseContact(tx, contactId, new Date());
    if (unheard) await tx.execute(sql`delete from outbox where payload ->> 'enrollmentId' = ${id}`);
  });

/** How the execution ended, and that nothing failed on the way. */
async function outcome({ temporalWorkflowId }: EnrollmentRow): Promise<unknown> {
  const result: unknown = await world.client.workflow.getHandle(temporalWorkflowId).result();
  const histories = await historiesOf(world.client, temporalWorkflowId);
  const events = histories.flatMap((history) => (history as { events: HistoryEvent[] }).events);
  const causes = events.flatMap((event) => event.workflowTaskFailedEventAttributes?.cause ?? []);
  // A bell that rings while the workflow is just ending sends its last task back once.
  expect(causes.filter((cause) => !cause.endsWith('UNHANDLED_COMMAND'))).toEqual([]);
  return result;
}

interface HistoryEvent {
  readonly workflowTaskFailedEventAttributes?: { readonly cause: string };
}

const CANCELLED = { status: 'cancelled', goalId: null };

test.each(Object.entries(journeys))('a journey %s ends at the bell', async (_name, definition) => {
  const enrollment = await standing(definition);
  await erase(enrollment);
  expect(await outcome(enrollment)).toEqual(CANCELLED);
  expect(await world.ended(enrollment.id)).toMatchObject({
    status: 'cancelled',
    reason: 'contact erased',
    error: null,
  });
  expect(server.mails).toEqual([]);
});

test('a journey ends at the bell in a later history too', async () => {
  const enrollment = await standing(journeys['that waits for a month'], { historyLimit: 3 });
  await erase(enrollment);
  expect(await outcome(enrollment)).toEqual(CANCELLED);
});

test('a journey that hears no bell ends before its next node', async () => {
  const enrollment = await standing(
    define({ nodes: { it: ['wait', { for: 1_500 }], after: mail } }),
  );
  await erase(enrollment, { unheard: true });
  expect(await outcome(enrollment)).toEqual(CANCELLED);
  expect(server.mails).toEqual([]);
  expect((await world.steps(enrollment.id)).map(({ nodeId }) => nodeId)).toEqual(['it']);
});

test('a message that is tried again and again is given up', async () => {
  server.recipientCode = 451;
  const enrollment = await standing(define({ nodes: { it: mail } }));
  await eventually('a mail was refused for now', async () =>
    (await world.deliveries(enrollment.id)).some(({ status }) => status === 'failed'),
  );
  await erase(enrollment);
  server.recipientCode = null;
  expect(await outcome(enrollment)).toEqual(CANCELLED);
  expect(server.mails).toEqual([]);
  expect(await world.deliveries(enrollment.id)).toMatchObject([
    { toAddress: null, subject: null, request: null, providerResponse: null },
  ]);
});

test('an enrollment that was not started yet is started and ends', async () => {
  const contact = await world.contact();
  const workflowId = await world.publish(journeys['that waits for a month']);
  const enrollment = await world.enroll(workflowId, contact.id);
  await erase(enrollment);
  expect(await outcome(enrollment)).toEqual(CANCELLED);
});
