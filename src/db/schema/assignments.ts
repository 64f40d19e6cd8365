import { foreignKey, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, workspaceId } from './columns';
import { contacts } from './contacts';

/** Which variant of an experiment a contact was assigned; kept across versions and re-entries. */
export const assignments = pgTable(
  'assignments',
  {
    workspaceId: workspaceId(),
    experiment: text('experiment').notNull(),
    contactId: uuid('contact_id').notNull(),
    port: text('port').notNull(),
    assignedAt: instant('assigned_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.experiment, t.contactId] }),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
  ],
);
