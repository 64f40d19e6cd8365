/** Everything a journey needs, for real: PostgreSQL, Temporal, SMTP, workers, the relay. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { eq, sql } from 'drizzle-orm';
import type { EmailChannel } from '../../src/channels/email';
import { createSmtpChannel } from '../../src/channels/smtp';
import { type ContactPatch, upsertContact } from '../../src/db/contacts';
import { admitEnrollment, type EnrollmentRow, getEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { deliveries } from '../../src/db/schema/deliveries';
import { listSteps } from '../../src/db/steps';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { startMailCatcher } from '../../src/dev/mail-catcher';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import type { Definition } from '../../src/journey/definition';
import type { JsonObject } from '../../src/journey/json';
import { contentHash } from '../../src/language/content-hash';
import { listensTo, triggerRows } from '../../src/language/listens-to';
import { createLogger } from '../../src/log';
import { createEnrollments, type Enrollments } from '../../src/temporal/enrollments';
import { startRelay } from '../../src/temporal/relay';
import { createWorkers } from '../../src/worker';
import type { EnrollmentOptions } from '../../workflows/messages';
import { eventually } from './eventually';
import { testDatabase } from './postgres';
import { temporalAddress } from './temporal';

export type Journeys = Awaited<ReturnType<typeof startJourneys>>;

interface JourneysOptions {
  readonly maxCachedWorkflows?: number;
  /** Another mail server than the catcher. */
  readonly smtpUrl?: string;
  /** Another channel than SMTP. */
  readonly channel?: EmailChannel;
}

export async function startJourneys({
  maxCachedWorkflows,
  smtpUrl,
  channel: other,
}: JourneysOptions = {}) {
  const database = await testDatabase();
  const { db, workspaceId } = database;
  const address = await temporalAddress();
  const log = createLogger('test');
  const catcher = await startMailCatcher({});
  const smtp = createSmtpChannel({
    url: smtpUrl ?? catcher.smtpUrl,
    mailLookUpUrl: `${catcher.inboxUrl}/dev/messages`,
  });
  const channel = other ?? smtp;
  const connection = await NativeConnection.connect({ address });
  const queues = { journeysQueue: `journeys-${newId()}`, effectsQueue: `effects-${newId()}` };
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    db,
    channel,
    sender: { email: 'shop@example.com' },
    log,
    ...queues,
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
  });
  const running = workers.run();
  const client = new Client({ connection: await Connection.connect({ address }) });
  const enrollmentsWith = (options: Partial<EnrollmentOptions>): Enrollments =>
    createEnrollments(client, db, {
      journeysQueue: queues.journeysQueue,
      options: { ...options, effectsQueue: queues.effectsQueue },
    });
  const outbox = await database.open({ role: 'throughline_relay' });
  const relay = startRelay({
    outbox,
    db,
    enrollments: enrollmentsWith({}),
    evaluators: createEvaluators(),
    leaseMs: 5_000,
    pollMs: 25,
    log,
  });
  return {
    ...database,
    client,
    catcher,
    /** Publishes under a key of its own, so that cases do not meet. */
    publish: (definition: Definition) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const key = `${definition.key}-${newId()}`;
        const workflow = await createWorkflow(tx, {
          key,
          name: definition.name,
          draft: definition,
        });
        await publishVersion(tx, {
          workflowId: workflow.id,
          definition,
          contentHash: contentHash(definition),
          listensTo: listensTo(definition),
          triggers: triggerRows(definition),
        });
        return workflow.id;
      }),
    contact: (input: ContactPatch = {}) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const { contact } = await upsertContact(tx, { email: `${newId()}@example.com`, ...input });
        return contact;
      }),
    /** Enrolls and starts without the relay, so that a test can choose the options. */
    async enroll(
      workflowId: string,
      contactId: string,
      options: Partial<EnrollmentOptions> = {},
      triggerEventId?: string,
      variables: JsonObject = {},
    ): Promise<EnrollmentRow> {
      const row = await db.inWorkspace(workspaceId, async (tx) => {
        const admission = await admitEnrollment(tx, {
          workflowId,
          contactId,
          at: new Date(),
          allowMultiple: true,
          triggerEventId,
          variables,
        });
        if (!('enrollment' in admission)) throw new Error(`Blocked: ${admission.blocked}`);
        const id = admission.enrollment.id;
        await tx.execute(sql`delete from outbox where payload ->> 'enrollmentId' = ${id}`);
        return admission.enrollment;
      });
      await enrollmentsWith(options).start(row);
      return row;
    },
    /** Stores an event; unheard, the relay never learns of it. */
    event: (
      contactId: string,
      type: string,
      properties: JsonObject = {},
      { unheard = false, occurredAt = new Date() } = {},
    ) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const { event } = await recordEvent(tx, {
          contactId,
          type,
          properties,
          occurredAt,
          receivedAt: new Date(),
        });
        if (unheard)
          await tx.execute(sql`delete from outbox where payload ->> 'eventId' = ${event.id}`);
        else setImmediate(() => relay.wake());
        return event.id;
      }),
    steps: (enrollmentId: string) =>
      db.inWorkspace(
        workspaceId,
        async (tx) => (await listSteps(tx, enrollmentId, { limit: 200 })).data,
      ),
    deliveries: (enrollmentId: string) =>
      db.inWorkspace(workspaceId, (tx) =>
        tx.select().from(deliveries).where(eq(deliveries.enrollmentId, enrollmentId)),
      ),
    /** The row once it has ended. */
    ended: (id: string): Promise<EnrollmentRow> =>
      eventually(`enrollment ${id} ends`, async () => {
        const row = await db.inWorkspace(workspaceId, (tx) => getEnrollment(tx, id));
        return row?.endedAt ? row : null;
      }),
    async close(): Promise<void> {
      await relay.stop();
      workers.shutdown();
      await running;
      smtp.close();
      await Promise.all([connection.close(), client.connection.close()]);
      await catcher.stop();
      await database.close();
    },
  };
}
