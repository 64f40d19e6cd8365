import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';

/** Who did what to what. The application may only add to it. */
export const audit = pgTable(
  'audit',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: text('subject_id').notNull(),
    detail: jsonObject('detail').notNull().default({}),
    at: instant('at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    index('audit_subject').on(t.workspaceId, t.subjectType, t.subjectId, t.id),
  ],
);
