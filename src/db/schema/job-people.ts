import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { jsonObject, workspaceId } from './columns';
import { jobs } from './jobs';

export type JobPersonStatus = 'pending' | 'refused';

/**
 * Whom a job has still to let in by name, and whom it could not let in. Who entered is no row here any more: her
 * enrollment names the job.
 */
export const jobPeople = pgTable(
  'job_people',
  {
    workspaceId: workspaceId(),
    jobId: uuid('job_id').notNull(),
    /** The line of a file, or which in the order of the job she was. */
    position: integer('position').notNull(),
    status: text('status').$type<JobPersonStatus>().notNull(),
    contactId: uuid('contact_id'),
    /** What a file says about her, until her turn. */
    input: jsonObject('input'),
    reason: text('reason'),
    /** What is wrong with a row, without its values. */
    detail: text('detail'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.jobId, t.position] }),
    index('job_people_pending')
      .on(t.workspaceId, t.jobId, t.position)
      .where(sql`${t.status} = 'pending'`),
    foreignKey({
      columns: [t.workspaceId, t.jobId],
      foreignColumns: [jobs.workspaceId, jobs.id],
    }).onDelete('cascade'),
  ],
);
