/** Everything a journey needs, for real: PostgreSQL, Temporal, SMTP, workers, the relay. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { eq, sql } from 'drizzle-orm';
import type { EmailChannel } from '../../src/channels/email';
import { createHttpChannel } from '../../src/channels/http';
import { createSmtpChannel } from '../../src/channels/smtp';
import { orderCommand } from '../../src/db/commands';
import { type ContactPatch, storeContact, upsertContact } from '../../src/db/contacts';
import { type EnrollmentRow, getEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { contactFacts } from '../../src/db/facts';
import { deliveries } from '../../src/db/schema/deliveries';
import { listSteps } from '../../src/db/steps';
import { createWorkflow, getWorkflow, publishVersion } from '../../src/db/workflows';
import { startMailCatcher } from '../../src/dev/mail-catcher';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { contactEvents } from '../../src/journey/contact-events';
import type { Definition } from '../../src/journey/definition';
import type { ContactFacts } from '../../src/journey/facts';
import type { JsonObject } from '../../src/journey/json';
import { contentHash } from '../../src/language/content-hash';
import { listensTo, triggerRows } from '../../src/language/listens-to';
import { createLogger } from '../../src/log';
import { createEnrollments, type Enrollments } from '../../src/temporal/enrollments';
import { createJobs } from '../../src/temporal/jobs';
import { startRelay } from '../../src/temporal/relay';
import { createWorkers, type WorkerParts } from '../../src/worker';
import type { EnrollmentOptions } from '../../workflows/messages';
import { admit } from './admit';
import { calmDatabase } from './calm-database';
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
  /** Another Temporal server than the one that all test files share. */
  readonly address?: string;
  /** Whether the server skips time; see calm-database.ts. */
  readonly skipsTime?: boolean;
  /** Of enrollments that the relay starts. */
  readonly options?: Partial<EnrollmentOptions>;
}

export async function startJourneys({
  maxCachedWorkflows,
  smtpUrl,
  channel: other,
  address: given,
  skipsTime = false,
  options = {},
}: JourneysOptions = {}) {
  const database = await testDatabase();
  const { db, workspaceId } = database;
  const address = given ?? (await temporalAddress());
  const log = createLogger('test');
  const catcher = await startMailCatcher({});
  const smtp = createSmtpChannel({
    url: smtpUrl ?? catcher.smtpUrl,
    mailLookUpUrl: `${catcher.inboxUrl}/dev/messages`,
  });
  const channel = other ?? smtp;
  const http = createHttpChannel({ allow: ['127.0.0.1', 'localhost'] });
  const connection = await NativeConnection.connect({ address });
  const queues = { journeysQueue: `journeys-${newId()}`, effectsQueue: `effects-${newId()}` };
  const parts: WorkerParts = {
    connection,
    namespace: 'default',
    db: skipsTime ? calmDatabase(db, () => quiet()) : db,
    channel,
    http,
    sender: { email: 'shop@example.com' },
    log,
    ...queues,
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
  };
  let workers = await createWorkers(parts);
  let running = workers.run();
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
    enrollments: enrollmentsWith(options),
    jobs: createJobs(client, queues),
    evaluators: createEvaluators(),
    leaseMs: 5_000,
    pollMs: 25,
    log,
  });
  /** Resolves once the relay has done all that it was left. */
  async function quiet(): Promise<void> {
    for (;;) {
      const [left] = await database.admin`select 1 from outbox limit 1`;
      if (left === undefined) return;
      relay.wake();
      await sleep(2);
    }
  }
  return {
    ...database,
    client,
    catcher,
    quiet,
    /** As the API has them. */
    enrollments: enrollmentsWith(options),
    wakeRelay: () => relay.wake(),
    /** The key that a workflow was published under. */
    keyOf: (workflowId: string) =>
      db.inWorkspace(workspaceId, async (tx) => (await getWorkflow(tx, workflowId))?.key ?? ''),
    /** Publishes under a key of its own, so that cases do not meet. */
    publish: (definition: Definition, key = `${definition.key}-${newId()}`) =>
      db.inWorkspace(workspaceId, async (tx) => {
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
        const entry = { workflowId, contactId, triggerEventId, variables };
        const enrollment = await admit(tx, { ...entry, at: new Date() });
        const { id } = enrollment;
        await tx.execute(sql`delete from outbox where payload ->> 'enrollmentId' = ${id}`);
        return enrollment;
      });
      await enrollmentsWith(options).start(row);
      return row;
    },
    /** Changes the contact as the API does; unheard, the relay never learns of it. */
    change: (
      contactId: string,
      to: (before: ContactFacts) => ContactFacts,
      { unheard = false, at = new Date() } = {},
    ) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const stored = await storeContact(tx, contactId, (row) => to(contactFacts(row, [])));
        if (stored === null) throw new Error(`There is no contact ${contactId}.`);
        const [before, after] = [contactFacts(stored.before, []), contactFacts(stored.after, [])];
        for (const event of contactEvents(before, after)) {
          const times = { occurredAt: at, receivedAt: at };
          const recorded = await recordEvent(tx, { contactId, ...event, ...times });
          if (unheard)
            await tx.execute(
              sql`delete from outbox where payload ->> 'eventId' = ${recorded.event.id}`,
            );
        }
        if (!unheard) setImmediate(() => relay.wake());
      }),
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
    /** Orders a command as the API does. */
    order: (enrollmentId: string, type: string, input: JsonObject = {}) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const order = { enrollmentId, type, input, requestedBy: 'test' };
        const id = await orderCommand(tx, order);
        setImmediate(() => relay.wake());
        return id;
      }),
    row: (id: string) => db.inWorkspace(workspaceId, (tx) => getEnrollment(tx, id)),
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
    /** Lets other workers take the place of these, as a deploy does. */
    async replaceWorkers(other: Partial<WorkerParts>): Promise<void> {
      workers.shutdown();
      await running;
      workers = await createWorkers({ ...parts, ...other });
      running = workers.run();
    },
    async close(): Promise<void> {
      await relay.stop();
      workers.shutdown();
      await running;
      smtp.close();
      await http.close();
      await Promise.all([connection.close(), client.connection.close()]);
      await catcher.stop();
      await database.close();
    },
  };
}
