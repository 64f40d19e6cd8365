import { sql } from 'drizzle-orm';
import {
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';
import { contacts } from './contacts';

export type DeliveryStatus = 'claimed' | 'sent' | 'failed' | 'unknown' | 'blocked' | 'deferred';

/** One message to one address. Its claim is the row, unique by the effect key. */
export const deliveries = pgTable(
  'deliveries',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    effectKey: text('effect_key').notNull(),
    enrollmentId: uuid('enrollment_id').notNull(),
    nodeId: text('node_id').notNull(),
    visit: integer('visit').notNull(),
    contactId: uuid('contact_id').notNull(),
    channel: text('channel').notNull(),
    provider: text('provider'),
    purpose: text('purpose').notNull(),
    /** What its marketing is about, from which somebody may unsubscribe alone. */
    topic: text('topic'),
    /** The stored template that it was rendered from, and its version. */
    template: text('template'),
    templateVersion: integer('template_version'),
    status: text('status').$type<DeliveryStatus>().notNull(),
    reason: text('reason'),
    /** What held it back, in words. */
    receipt: text('receipt'),
    toAddress: text('to_address'),
    subject: text('subject'),
    /** The rendered message, so that every attempt sends the same. */
    request: jsonObject('request'),
    requestHash: text('request_hash'),
    messageId: text('message_id'),
    /** Fencing number: only the latest claimant may record an outcome. */
    attempt: integer('attempt').notNull().default(1),
    claimedAt: instant('claimed_at'),
    /** The time of its journey when it was claimed, by which caps count. */
    judgedAt: instant('judged_at'),
    sentAt: instant('sent_at'),
    resolvedAt: instant('resolved_at'),
    /** How an unknown outcome was settled. */
    resolution: text('resolution'),
    providerResponse: text('provider_response'),
    deferredUntil: instant('deferred_until'),
    /** Of its enrollment, by a trigger, so that figures need not look at that; the version is the one she entered. */
    workflowId: uuid('workflow_id'),
    version: integer('version'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('deliveries_effect_key').on(t.workspaceId, t.effectKey),
    index('deliveries_contact').on(t.workspaceId, t.contactId, t.channel, t.claimedAt),
    index('deliveries_message_id').on(t.workspaceId, t.messageId),
    index('deliveries_enrollment').on(t.workspaceId, t.enrollmentId),
    // As for steps, the workspace comes last.
    index('deliveries_figures').on(t.workflowId, t.status, t.version, t.attempt, t.workspaceId),
    index('deliveries_unsettled')
      .on(t.workspaceId, t.id)
      .where(sql`${t.status} in ('claimed', 'unknown')`),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
  ],
);
