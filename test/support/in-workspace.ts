/** What a test does in one workspace: it publishes, lets people in, says what happens, and looks. */
import { eq, sql } from 'drizzle-orm';
import { assignPort } from '../../src/db/assignments';
import type { Database, Tx } from '../../src/db/client';
import { orderCommand } from '../../src/db/commands';
import { type ContactPatch, storeContact, upsertContact } from '../../src/db/contacts';
import { type EnrollmentRow, getEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { contactFacts } from '../../src/db/facts';
import { addToList, listsOf, removeFromList } from '../../src/db/lists';
import { deliveries } from '../../src/db/schema/deliveries';
import { listSteps } from '../../src/db/steps';
import { createWorkflow, getWorkflow, publishVersion } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import { contactEvents } from '../../src/journey/contact-events';
import type { Definition } from '../../src/journey/definition';
import type { ContactFacts } from '../../src/journey/facts';
import type { JsonObject } from '../../src/journey/json';
import { contentHash } from '../../src/language/content-hash';
import { listensTo, triggerRows } from '../../src/language/listens-to';
import type { Enrollments } from '../../src/temporal/enrollments';
import type { EnrollmentOptions } from '../../workflows/messages';
import { admit } from './admit';
import { eventually } from './eventually';

interface Parts {
  readonly db: Database;
  readonly workspaceId: string;
  /** Wakes the relay. */
  readonly wake: () => void;
  readonly enrollmentsWith: (options: Partial<EnrollmentOptions>) => Enrollments;
}

interface Telling {
  /** The relay never learns of it. */
  readonly unheard?: boolean;
  readonly occurredAt?: Date;
  readonly receivedAt?: Date;
  /** The message that it is about. */
  readonly deliveryKey?: string | null;
}

export type Workspace = ReturnType<typeof inWorkspace>;

export function inWorkspace({ db, workspaceId, wake, enrollmentsWith }: Parts) {
  return {
    db,
    workspaceId,
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
    contact: ({
      lists = [],
      ...input
    }: ContactPatch & { lists?: readonly string[] | undefined } = {}) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const { contact } = await upsertContact(tx, { email: `${newId()}@example.com`, ...input });
        await putOnLists(tx, contact.id, [], lists, new Date());
        return contact;
      }),
    /** As if sticky splits had drawn these ports earlier, by experiment. */
    assign: (contactId: string, ports: Readonly<Record<string, string>>) =>
      db.inWorkspace(workspaceId, async (tx) => {
        for (const [experiment, port] of Object.entries(ports))
          await assignPort(tx, { experiment, contactId, port, at: new Date() });
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
        const lists = await listsOf(tx, contactId);
        let wanted = lists;
        const stored = await storeContact(tx, contactId, (row) => {
          const next = to(contactFacts(row, lists));
          wanted = [...next.lists];
          return next;
        });
        if (stored === null) throw new Error(`There is no contact ${contactId}.`);
        await putOnLists(tx, contactId, lists, wanted, at);
        const before = contactFacts(stored.before, lists);
        const after = contactFacts(stored.after, wanted);
        for (const event of contactEvents(before, after)) {
          const times = { occurredAt: at, receivedAt: at };
          const recorded = await recordEvent(tx, { contactId, ...event, ...times });
          if (unheard)
            await tx.execute(
              sql`delete from outbox where payload ->> 'eventId' = ${recorded.event.id}`,
            );
        }
        if (!unheard) setImmediate(() => wake());
      }),
    /** Stores an event. */
    event: (
      contactId: string,
      type: string,
      properties: JsonObject = {},
      { unheard = false, ...more }: Telling = {},
    ) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const { event } = await recordEvent(tx, {
          contactId,
          type,
          properties,
          occurredAt: new Date(),
          receivedAt: new Date(),
          ...more,
        });
        if (unheard)
          await tx.execute(sql`delete from outbox where payload ->> 'eventId' = ${event.id}`);
        else setImmediate(() => wake());
        return event.id;
      }),
    /** Orders a command as the API does. */
    order: (enrollmentId: string, type: string, input: JsonObject = {}) =>
      db.inWorkspace(workspaceId, async (tx) => {
        const order = { enrollmentId, type, input, requestedBy: 'test' };
        const id = await orderCommand(tx, order);
        setImmediate(() => wake());
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
        tx
          .select()
          .from(deliveries)
          .where(eq(deliveries.enrollmentId, enrollmentId))
          .orderBy(deliveries.id),
      ),
    /** The row once it has ended. */
    ended: (id: string): Promise<EnrollmentRow> =>
      eventually(`enrollment ${id} ends`, async () => {
        const row = await db.inWorkspace(workspaceId, (tx) => getEnrollment(tx, id));
        return row?.endedAt ? row : null;
      }),
  };
}

async function putOnLists(
  tx: Tx,
  contactId: string,
  before: readonly string[],
  after: readonly string[],
  at: Date,
): Promise<void> {
  for (const key of after) if (!before.includes(key)) await addToList(tx, contactId, key, at);
  for (const key of before) if (!after.includes(key)) await removeFromList(tx, contactId, key);
}
