import { createSmtpChannel } from '../src/channels/smtp';
import { upsertContact } from '../src/db/contacts';
import { listDeliveries } from '../src/db/deliveries';
import { closeEnrollment, type EnrollmentRow, getEnrollment } from '../src/db/enrollments';
import { createWorkflow, publishVersion } from '../src/db/workflows';
import { startMailCatcher } from '../src/dev/mail-catcher';
import { contentHash } from '../src/language/content-hash';
import { createEnrollments } from '../src/temporal/enrollments';
import { admit } from './support/admit';
import { define } from './support/define';
import { eventually } from './support/eventually';
import { type Program, startProgram } from './support/program';
import { programFixture } from './support/program-fixture';
import { deliveryOf, sendCase, sender } from './support/sends';
import { type FaultyMailServer, startFaultyMailServer } from './support/smtp';

/** How long the provider takes to answer: a worker that does not wait for it leaves the mail in doubt. */
const ANSWER_MS = 3_000;

const stack = programFixture();
let provider: FaultyMailServer;
beforeAll(async () => {
  provider = await startFaultyMailServer(ANSWER_MS);
  provider.ending = 'accept_late';
});
afterAll(() => provider?.stop());

const startWorker = (more: Record<string, string> = {}): Program =>
  startProgram('src/worker.ts', {
    ...stack.environment(),
    SMTP_URL: provider.url,
    ...more,
  });

async function enroll(): Promise<EnrollmentRow> {
  const definition = define({
    nodes: {
      mail: ['send_email', { subject: 'Hi', text: 'Hi' }],
      tag: ['add_tag', { tag: 'mailed' }],
    },
  });
  const { db, workspaceId } = stack.database;
  const enrollment = await db.inWorkspace(workspaceId, async (tx) => {
    const workflow = await createWorkflow(tx, { key: 'journey', name: 'Journey', draft: {} });
    await publishVersion(tx, {
      workflowId: workflow.id,
      definition,
      contentHash: contentHash(definition),
      listensTo: [],
      triggers: [],
    });
    const { contact } = await upsertContact(tx, { email: 'ada@example.com' });
    const admission = { workflowId: workflow.id, contactId: contact.id, at: new Date() };
    return admit(tx, admission);
  });
  await createEnrollments(stack.temporal.client, db).start(enrollment);
  return enrollment;
}

test('a worker told to stop finishes its send, another one goes on, and nothing is sent twice', async () => {
  const { db, workspaceId } = stack.database;
  const first = startWorker();
  await first.logged('worker.ready');
  const arriving = new Promise<void>((resolve) => {
    provider.onMail = resolve;
  });
  const { id } = await enroll();
  await arriving;
  const stopped = first.end('SIGTERM');
  const second = startWorker();
  expect(await stopped).toEqual({ code: 0, signal: null });
  // Recorded by the attempt that sent it, before its process ended: nobody else had to find out.
  const deliveries = () => db.inWorkspace(workspaceId, (tx) => listDeliveries(tx, id));
  const settled = { status: 'sent', attempt: 1, resolution: null };
  expect(await deliveries()).toMatchObject([settled]);

  const ended = await eventually('the journey ends', async () => {
    const row = await db.inWorkspace(workspaceId, (tx) => getEnrollment(tx, id));
    return row?.endedAt ? row : null;
  });
  expect(ended).toMatchObject({ status: 'completed', error: null });
  expect(await deliveries()).toMatchObject([settled]);
  expect(provider.mails).toHaveLength(1);
  expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
});

test('a worker finds out what became of sends whose journeys ended while nobody ran', async () => {
  const { db, workspaceId, admin } = stack.database;
  const of = await sendCase(db, workspaceId);
  provider.ending = 'hang_up';
  const channel = createSmtpChannel({ url: provider.url });
  await expect(sender(db, channel)(of)).rejects.toMatchObject({ type: 'email.unknown' });
  channel.close();
  // As a kill in the middle of an attempt leaves it.
  await admin`update deliveries set status = 'claimed', claimed_at = now() - interval '1 minute' where enrollment_id = ${of.enrollmentId}`;
  await db.inWorkspace(workspaceId, (tx) =>
    closeEnrollment(tx, of.enrollmentId, { status: 'cancelled', at: new Date() }),
  );
  // The workers of the other test have just done it.
  await admin`delete from throughline.chores`;
  const catcher = await startMailCatcher({});
  const worker = startWorker({ THROUGHLINE_MAIL_LOOKUP_URL: `${catcher.inboxUrl}/dev/messages` });
  const settled = await eventually('it is settled', async () => {
    const row = await deliveryOf(db, of);
    return row.resolution === null ? null : row;
  });
  expect(settled).toMatchObject({ status: 'blocked', resolution: 'not_resent' });
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await catcher.stop();
});
