/** The caller's side of a run: contacts, enrollments, events and the relay, without HTTP. */
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { type Database, openDatabase } from '../src/db/client';
import { upsertContact } from '../src/db/contacts';
import { admitEnrollment } from '../src/db/admission';
import type { EnrollmentRow } from '../src/db/enrollments';
import { recordEvent } from '../src/db/events';
import { createWorkflow, publishVersion } from '../src/db/workflows';
import { createEvaluators } from '../src/evaluate/evaluators';
import { newId } from '../src/ids';
import type { Definition } from '../src/journey/definition';
import { contentHash } from '../src/language/content-hash';
import { listensTo } from '../src/language/listens-to';
import { createLogger } from '../src/log';
import { createEnrollments, type Enrollments } from '../src/temporal/enrollments';
import { createJobs } from '../src/temporal/jobs';
import { startRelay } from '../src/temporal/relay';
import { AWAITED } from './journeys';
import { BY_HAND_QUEUE, NAMESPACE, type Stack } from './stack';

/** Workflows with such a key are run by the workflow written by hand. */
export const BY_HAND_KEY = 'by-hand';

export interface World {
  readonly client: Client;
  /** As superuser, with `steps.written_at`. */
  readonly sql: postgres.Sql;
  readonly workspaceId: string;
  publish(definition: Definition): Promise<string>;
  contacts(count: number): Promise<string[]>;
  /** Lets a contact in; the relay starts the workflow. */
  enroll(workflowId: string, contactId: string): Promise<EnrollmentRow>;
  /** Stores the awaited event; resolves with the time of its commit, in epoch milliseconds. */
  event(contactId: string): Promise<number>;
  close(): Promise<void>;
}

export async function openWorld(stack: Stack): Promise<World> {
  const { databaseUrl: url, temporalAddress: address } = stack;
  const sql = postgres(url, { max: 2, onnotice: () => undefined });
  // Steps carry the workflow's time; this column tells when the row itself was written.
  await sql`alter table steps add column written_at timestamptz default clock_timestamp()`;
  const workspaceId = newId();
  await sql`insert into workspaces (workspace_id, name) values (${workspaceId}, 'Benchmark')`;
  const db = await openDatabase({ url, name: 'throughline-api' });
  const outbox = await openDatabase({ url, role: 'throughline_relay', max: 4, name: 'relay' });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace: NAMESPACE });
  const log = createLogger('bench-relay');
  const relay = startRelay({
    outbox,
    db,
    enrollments: bothKinds(client, db),
    jobs: createJobs(client),
    evaluators: createEvaluators(),
    leaseMs: 15_000,
    pollMs: 250,
    log,
  });
  return {
    client,
    sql,
    workspaceId,
    ...callers(db, workspaceId, () => relay.wake()),
    async close() {
      await relay.stop();
      await Promise.all([db.close(), outbox.close(), connection.close(), sql.end({ timeout: 5 })]);
    },
  };
}

function bothKinds(client: Client, db: Database): Enrollments {
  const interpreted = createEnrollments(client, db);
  const byHand = createEnrollments(client, db, { journeysQueue: BY_HAND_QUEUE });
  const of = ({ workflowKey }: EnrollmentRow) =>
    workflowKey === BY_HAND_KEY ? byHand : interpreted;
  return {
    start: (row) => of(row).start(row),
    tryStart: (row, deadlineMs) => of(row).tryStart(row, deadlineMs),
    ring: (row, bell) => interpreted.ring(row, bell),
  };
}

function callers(
  db: Database,
  workspaceId: string,
  wake: () => void,
): Pick<World, 'publish' | 'contacts' | 'enroll' | 'event'> {
  return {
    publish: (definition) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const { key, name } = definition;
        const { id: workflowId } = await createWorkflow(tx, { key, name, draft: definition });
        const hash = contentHash(definition);
        const listening = listensTo(definition);
        const version = { workflowId, definition, contentHash: hash, listensTo: listening };
        await publishVersion(tx, { ...version, triggers: [] });
        return workflowId;
      }),
    contacts: (count) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const ids: string[] = [];
        for (let made = 0; made < count; made += 1) {
          const email = `${newId()}@example.com`;
          const { contact } = await upsertContact(tx, { email, firstName: 'Ada' });
          ids.push(contact.id);
        }
        return ids;
      }),
    async enroll(workflowId, contactId) {
      const row = await db.inWorkspace(workspaceId, async (tx) => {
        const at = new Date();
        const admitted = await admitEnrollment(tx, {
          workflowId,
          contactId,
          at,
          judge: createEvaluators().condition,
        });
        if ('enrollment' in admitted) return admitted.enrollment;
        throw new Error(`The contact was not let in: ${admitted.blocked}`);
      });
      wake();
      return row;
    },
    async event(contactId) {
      await db.inWorkspace(workspaceId, (tx) => {
        const now = new Date();
        return recordEvent(tx, { contactId, type: AWAITED, occurredAt: now, receivedAt: now });
      });
      const acceptedAt = Date.now();
      wake();
      return acceptedAt;
    },
  };
}
