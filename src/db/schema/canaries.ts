import { sql } from 'drizzle-orm';
import {
  doublePrecision,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { CanaryDecision, CanaryLimits, CanaryState } from '../../journey/canary';
import { instant, workspaceId } from './columns';
import { workflowVersions } from './workflows';

/** A version that a share of new people enters by way of trial, and what came of it. */
export const canaries = pgTable(
  'canaries',
  {
    workspaceId: workspaceId(),
    workflowId: uuid('workflow_id').notNull(),
    version: integer('version').notNull(),
    /** The active version meanwhile, which everybody else enters. */
    activeVersion: integer('active_version').notNull(),
    /** Percent of new people. */
    share: doublePrecision('share').notNull(),
    limits: jsonb('limits').$type<CanaryLimits>().notNull(),
    state: text('state').$type<CanaryState>().notNull().default('running'),
    beganBy: text('began_by').notNull(),
    beganAt: instant('began_at').notNull(),
    decidedAt: instant('decided_at'),
    /** Who decided, why, and by which figures. */
    decision: jsonb('decision').$type<CanaryDecision>(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.workflowId, t.version] }),
    uniqueIndex('canaries_running')
      .on(t.workspaceId, t.workflowId)
      .where(sql`${t.state} = 'running'`),
    foreignKey({
      columns: [t.workspaceId, t.workflowId, t.version],
      foreignColumns: [
        workflowVersions.workspaceId,
        workflowVersions.workflowId,
        workflowVersions.version,
      ],
    }),
  ],
);
