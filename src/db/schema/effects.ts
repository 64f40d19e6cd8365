import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';
import { enrollments } from './enrollments';

/** `blocked` was stopped before it was made, by a goal, an exit or the end of the enrollment. */
export type EffectStatus = 'claimed' | 'done' | 'failed' | 'unknown' | 'blocked';

/** `resent` under the same id, or `answered` by its own attempt after all. */
export type EffectResolution = 'resent' | 'answered';

/** Claims of everything that leaves the building and is no message: webhooks, HTTP, AI, payments. */
export const effects = pgTable(
  'effects',
  {
    workspaceId: workspaceId(),
    effectKey: text('effect_key').notNull(),
    enrollmentId: uuid('enrollment_id').notNull(),
    nodeId: text('node_id').notNull(),
    visit: integer('visit').notNull(),
    kind: text('kind').notNull(),
    status: text('status').$type<EffectStatus>().notNull(),
    reason: text('reason'),
    request: jsonObject('request'),
    requestHash: text('request_hash'),
    response: jsonObject('response'),
    /** Fencing number: only the latest claimant may record an outcome. */
    attempt: integer('attempt').notNull().default(1),
    claimedAt: instant('claimed_at').notNull(),
    resolvedAt: instant('resolved_at'),
    /** What was done about an outcome that nobody knew. */
    resolution: text('resolution').$type<EffectResolution>(),
    /** Of its enrollment, by a trigger, so that figures need not look at that; the version is the one she entered. */
    workflowId: uuid('workflow_id'),
    version: integer('version'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.effectKey] }),
    index('effects_claimed').on(t.workspaceId, t.effectKey).where(sql`${t.status} = 'claimed'`),
    // As for steps, the workspace comes last.
    index('effects_figures').on(
      t.workflowId,
      t.kind,
      t.status,
      t.version,
      t.attempt,
      t.workspaceId,
    ),
    foreignKey({
      columns: [t.workspaceId, t.enrollmentId],
      foreignColumns: [enrollments.workspaceId, enrollments.id],
    }).onDelete('cascade'),
  ],
);
