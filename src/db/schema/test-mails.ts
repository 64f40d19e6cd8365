import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { instant, jsonObject, workspaceId } from './columns';

export type TestMailStatus = 'waiting' | 'sending' | 'sent' | 'failed' | 'unknown' | 'blocked';

/** A template sent to somebody for a look at it. The API writes the row, a worker sends the mail. */
export const testMails = pgTable(
  'test_mails',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    template: text('template').notNull(),
    templateVersion: integer('template_version').notNull(),
    /** Whose data it shows, if it is a stored contact's. */
    contactId: uuid('contact_id'),
    toAddress: text('to_address').notNull(),
    /** Subject and bodies, rendered; null once it is over. */
    content: jsonObject('content'),
    status: text('status').$type<TestMailStatus>().notNull(),
    /** What the mail server said, or why it was not asked. */
    response: text('response'),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    index('test_mails_open')
      .on(t.workspaceId, t.id)
      .where(sql`${t.status} in ('waiting', 'sending')`),
  ],
);
