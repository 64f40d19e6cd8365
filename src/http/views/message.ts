/** Messages as callers see them. */
import { z } from 'zod';
import type { DeliveryRow } from '../../db/deliveries';
import { instant, isoOrNull, uuid } from '../common';

export const messageStatus = z.enum([
  'claimed',
  'sent',
  'failed',
  'unknown',
  'blocked',
  'deferred',
]);

export const messageSchema = z
  .object({
    id: uuid,
    enrollmentId: uuid,
    nodeId: z.string(),
    visit: z.int(),
    contactId: uuid,
    channel: z.string(),
    purpose: z.string(),
    topic: z.string().nullable().describe('What its marketing is about, if its node says so.'),
    template: z
      .object({ key: z.string(), version: z.int() })
      .nullable()
      .describe('The stored template that it was rendered from.'),
    status: messageStatus.describe(
      '`claimed` while an attempt is under way; `unknown` while nobody knows whether it was accepted; `blocked` when something stopped it.',
    ),
    reason: z.string().nullable().describe('Why it is so: a code.'),
    receipt: z.string().nullable().describe('What held it back, in words.'),
    to: z.string().nullable(),
    subject: z.string().nullable(),
    messageId: z.string().nullable().describe('Its Message-ID, by which a mail server knows it.'),
    attempt: z.int().describe('Attempts so far.'),
    answer: z.string().nullable().describe('What the mail server said at last.'),
    resolution: z
      .string()
      .nullable()
      .describe(
        'How an unknown fate was settled: `found`, `event`, `answered`, `absent_resent`, `resent`, `not_resent`.',
      ),
    claimedAt: instant.nullable().describe('When the latest attempt began.'),
    sentAt: instant.nullable(),
    resolvedAt: instant.nullable(),
  })
  .meta({ id: 'Message' });

export function messageView(row: DeliveryRow): z.infer<typeof messageSchema> {
  const { id, enrollmentId, nodeId, visit, contactId, channel, purpose, status, reason } = row;
  const { receipt, subject, messageId, attempt, resolution, topic } = row;
  return {
    ...{ id, enrollmentId, nodeId, visit, contactId, channel, purpose, status, reason },
    topic,
    template: templateOf(row),
    ...{
      receipt,
      to: row.toAddress,
      subject,
      messageId,
      attempt,
      answer: row.providerResponse,
      resolution,
    },
    claimedAt: isoOrNull(row.claimedAt),
    sentAt: isoOrNull(row.sentAt),
    resolvedAt: isoOrNull(row.resolvedAt),
  };
}

function templateOf({ template: key, templateVersion: version }: DeliveryRow) {
  return key === null || version === null ? null : { key, version };
}
