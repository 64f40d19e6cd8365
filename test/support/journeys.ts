/** Everything a journey needs, for real: PostgreSQL, Temporal, SMTP, workers, the relay. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { EmailChannel } from '../../src/channels/email';
import { createHttpChannel } from '../../src/channels/http';
import { createSmtpChannel } from '../../src/channels/smtp';
import { startMailCatcher } from '../../src/dev/mail-catcher';
import type { EnrollmentRow } from '../../src/db/enrollments';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import type { MailLinks } from '../../src/links/mail-links';
import { createLogger } from '../../src/log';
import { createEnrollments, type Enrollments } from '../../src/temporal/enrollments';
import { createJobs } from '../../src/temporal/jobs';
import { startRelay } from '../../src/temporal/relay';
import { createWorkers, type WorkerParts } from '../../src/worker';
import type { EnrollmentOptions } from '../../workflows/messages';
import { calmDatabase } from './calm-database';
import { latelyOf } from './executions';
import { inWorkspace, type Workspace } from './in-workspace';
import { losingAnswers } from './lost-answers';
import { testDatabase } from './postgres';
import { temporalAddress } from './temporal';

export type Journeys = Awaited<ReturnType<typeof startJourneys>>;

interface JourneysOptions {
  readonly maxCachedWorkflows?: number;
  /** Another mail server than the catcher. */
  readonly smtpUrl?: string;
  /** Another channel than SMTP. */
  readonly channel?: EmailChannel;
  /** The links back to us that mails carry; none unless told. */
  readonly links?: MailLinks;
  /** Another Temporal server than the one that all test files share. */
  readonly address?: string;
  /** Whether the server skips time; see calm-database.ts. */
  readonly skipsTime?: boolean;
  readonly interceptors?: ClientInterceptors;
  /** Of enrollments that the relay starts. */
  readonly options?: Partial<EnrollmentOptions>;
}

export async function startJourneys({
  maxCachedWorkflows,
  smtpUrl,
  channel: other,
  links,
  address: given,
  skipsTime = false,
  interceptors = {},
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
  const channel = other ?? losingAnswers(smtp, database.admin);
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
    links,
    log,
    ...queues,
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
  };
  let workers = await createWorkers(parts);
  let running = workers.run();
  const client = new Client({ connection: await Connection.connect({ address }), interceptors });
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
  const actsIn = (workspace: string) =>
    inWorkspace({ db, workspaceId: workspace, wake: () => relay.wake(), enrollmentsWith });
  const acts = actsIn(workspaceId);
  return {
    ...database,
    client,
    catcher,
    links,
    quiet,
    /** As in the first workspace, in one that nobody else is in. */
    elsewhere: async (): Promise<Workspace> => actsIn(await database.newWorkspace()),
    ...acts,
    /** The row once it has ended. Who does not end is shown as Temporal knows her. */
    ended: (id: string): Promise<EnrollmentRow> =>
      acts.ended(id).catch(async (error: Error) => {
        const row = await acts.row(id);
        const lately = row && (await latelyOf(client, row.temporalWorkflowId));
        throw new Error(`${error.message}\n${JSON.stringify(row)}\n${lately}`);
      }),
    /** As the API has them. */
    enrollments: enrollmentsWith(options),
    wakeRelay: () => relay.wake(),
    journeysQueue: queues.journeysQueue,
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
