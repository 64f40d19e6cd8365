/** Somebody who has come to one node of a journey, and what a test lets happen to her there. */
import type { Database } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { closeEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import type { Definition } from '../../src/journey/definition';
import { admit } from './admit';

export interface Standing {
  readonly workspaceId: string;
  readonly workflowId: string;
  readonly enrollmentId: string;
  readonly contactId: string;
}

const ENTERED_AT = new Date('2026-03-01T08:00:00Z');
const HAPPENED_AT = new Date('2026-03-01T08:30:00Z');
/** When the node is reached, by the journey's own time. */
export const REACHED_AT = Date.parse('2026-03-01T09:00:00Z');

/** Lets Ada into a journey of her own; `contact` changes who she is. */
export function standIn(
  db: Database,
  workspaceId: string,
  definition: Definition,
  contact: object = {},
): Promise<Standing> {
  return db.inWorkspace(workspaceId, async (tx) => {
    const workflow = await createWorkflow(tx, { key: `w-${newId()}`, name: 'Test', draft: {} });
    const version = { workflowId: workflow.id, definition, contentHash: 'h' };
    await publishVersion(tx, { ...version, listensTo: ['cart.paid'], triggers: [] });
    const ada = { externalId: newId(), email: `${newId()}@example.com`, firstName: 'Ada' };
    const { contact: person } = await upsertContact(tx, { ...ada, ...contact });
    const { id: enrollmentId } = await admit(tx, {
      workflowId: workflow.id,
      contactId: person.id,
      at: ENTERED_AT,
    });
    return { workspaceId, workflowId: workflow.id, enrollmentId, contactId: person.id };
  });
}

/** What an activity is told of somebody who stands at a node. */
export const inputAt = ({ workspaceId, enrollmentId, workflowId }: Standing, node: string) => ({
  workspaceId,
  enrollmentId,
  graph: { workspaceId, workflowId, version: 1, hash: 'h' },
  node,
  visit: 1,
  watch: { reached: [], armed: [] },
});

/** Something happened to her since she entered. */
export const happened = (
  db: Database,
  { workspaceId, contactId }: Standing,
  type: string,
  more: object = {},
) =>
  db.inWorkspace(workspaceId, (tx) =>
    recordEvent(tx, {
      ...{ contactId, type, occurredAt: HAPPENED_AT, receivedAt: HAPPENED_AT },
      ...more,
    }),
  );

/** Her journey has ended. */
export const left = (db: Database, { workspaceId, enrollmentId }: Standing) =>
  db.inWorkspace(workspaceId, (tx) =>
    closeEnrollment(tx, enrollmentId, { status: 'exited', at: new Date() }),
  );
