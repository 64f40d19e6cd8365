import {
  foreignKey,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { LatePolicy } from '../../journey/commands';
import type { RateLimit } from '../../journey/rate-limit';
import type { Json } from '../json';
import { instant, jsonObject, workspaceId } from './columns';

export type WorkflowStatus = 'draft' | 'active' | 'paused' | 'archived';

/** A definition under one immutable key; `draft` is what the next activation publishes. */
export const workflows = pgTable(
  'workflows',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    key: text('key').notNull(),
    name: text('name').notNull(),
    status: text('status').$type<WorkflowStatus>().notNull().default('draft'),
    draft: jsonObject('draft').notNull(),
    /** Counts changes of the draft; the entity tag of a workflow. */
    draftRevision: integer('draft_revision').notNull().default(1),
    /** The version that new people enter; null until the first activation. */
    activeVersion: integer('active_version'),
    /** The version that a share of new people enters by way of trial; null when none runs. */
    canaryVersion: integer('canary_version'),
    /** What becomes of people whom a pause holds, once it is over. */
    pauseLate: text('pause_late').$type<LatePolicy>().notNull().default('send'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    deletedAt: instant('deleted_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('workflows_key').on(t.workspaceId, t.key),
  ],
);

/** An immutable published snapshot. The application may neither update nor delete one. */
export const workflowVersions = pgTable(
  'workflow_versions',
  {
    workspaceId: workspaceId(),
    workflowId: uuid('workflow_id').notNull(),
    version: integer('version').notNull(),
    definition: jsonObject('definition').notNull(),
    contentHash: text('content_hash').notNull(),
    /** Event types that may wake an enrollment of this version. */
    listensTo: text('listens_to').array().notNull(),
    changelog: text('changelog'),
    author: text('author'),
    publishedAt: instant('published_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.workflowId, t.version] }),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }),
  ],
);

/** Which event types start which workflow; the key leads with the type, so matching is a look-up. */
export const workflowTriggers = pgTable(
  'workflow_triggers',
  {
    workspaceId: workspaceId(),
    eventType: text('event_type').notNull(),
    workflowId: uuid('workflow_id').notNull(),
    position: integer('position').notNull(),
    version: integer('version').notNull(),
    filter: jsonb('filter').$type<Json>(),
    rateLimit: jsonb('rate_limit').$type<RateLimit>(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.eventType, t.workflowId, t.position] }),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }).onDelete('cascade'),
  ],
);
