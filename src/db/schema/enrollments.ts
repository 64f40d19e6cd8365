import { isNotNull, sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { EndStatus, EnrollmentStatus, OpenStatus } from '../../journey/enrollment-status';
import { instant, jsonObject, workspaceId } from './columns';
import { contacts } from './contacts';
import { workflows } from './workflows';

export type { EndStatus, EnrollmentStatus, OpenStatus };

/** One contact's passage through one version. `number` counts those of one contact in one workflow. */
export const enrollments = pgTable(
  'enrollments',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    workflowId: uuid('workflow_id').notNull(),
    workflowKey: text('workflow_key').notNull(),
    /** The one that she is in now; a migration changes it. */
    version: integer('version').notNull(),
    /** The one that she entered; null where it was not written down yet. */
    enteredVersion: integer('entered_version'),
    /** The version that a share of people entered by way of trial when she came; null when none was tried. */
    canary: integer('canary'),
    contactId: uuid('contact_id').notNull(),
    number: integer('number').notNull(),
    key: text('key'),
    status: text('status').$type<EnrollmentStatus>().notNull(),
    currentNodeIds: text('current_node_ids').array().notNull().default([]),
    waitUntil: instant('wait_until'),
    waitingFor: text('waiting_for'),
    variant: text('variant'),
    goalId: text('goal_id'),
    reason: text('reason'),
    triggerEventId: uuid('trigger_event_id'),
    /** Which trigger that event pulled; null where no event did, or it was not recorded. */
    triggerKey: text('trigger_key'),
    /** `event:<id>`, `enrollment:<id>` or `job:<id>`, what let her in; null for the API. */
    causedBy: text('caused_by'),
    /** How many causes in a row led to it; what it causes lies one deeper. */
    depth: integer('depth').notNull().default(0),
    variables: jsonObject('variables').notNull().default({}),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    /** Set by a trigger when it ends, and cleared when it is tried again; see src/db/fold.ts. */
    endSequence: bigint('end_sequence', { mode: 'number' }),
    error: jsonObject('error'),
    /** Where to go on when an operator has the node that failed tried again. */
    resumeState: jsonObject('resume_state'),
    /** How often that was done. */
    retries: integer('retries').notNull().default(0),
    temporalWorkflowId: text('temporal_workflow_id').notNull(),
    temporalRunId: text('temporal_run_id'),
    /** When retention emptied it and deleted its steps; see src/db/forget.ts. */
    forgottenAt: instant('forgotten_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('enrollments_number').on(t.workspaceId, t.workflowId, t.contactId, t.number),
    uniqueIndex('enrollments_trigger')
      .on(t.workspaceId, t.workflowId, t.triggerEventId)
      .where(isNotNull(t.triggerEventId)),
    // A job lets nobody in twice.
    uniqueIndex('enrollments_job')
      .on(t.workspaceId, t.causedBy, t.contactId)
      .where(sql`${t.causedBy} like 'job:%'`),
    index('enrollments_contact').on(t.workspaceId, t.contactId, t.id),
    index('enrollments_workflow').on(t.workspaceId, t.workflowId, t.id),
    index('enrollments_open').on(t.workspaceId, t.contactId).where(sql`${t.endedAt} is null`),
    index('enrollments_open_by_version')
      .on(t.workspaceId, t.workflowId, t.version)
      .where(sql`${t.endedAt} is null`),
    index('enrollments_canary')
      .on(t.workspaceId, t.workflowId, t.canary, t.enteredVersion)
      .where(isNotNull(t.canary)),
    index('enrollments_open_by_id').on(t.workspaceId, t.id).where(sql`${t.endedAt} is null`),
    index('enrollments_ended').on(t.endSequence).where(isNotNull(t.endSequence)),
    index('enrollments_failed')
      .on(t.workspaceId, t.workflowId, t.id)
      .where(sql`${t.status} = 'failed'`),
    index('enrollments_to_forget')
      .on(t.endedAt)
      .where(sql`${t.endedAt} is not null and ${t.forgottenAt} is null`),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }),
  ],
);
