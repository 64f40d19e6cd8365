import type { OutboxRow } from '../../src/db/outbox';
import type { TestDatabase } from './postgres';

/** Claims the outbox row of one event alone, as a relay would; null when it is done. */
export async function claimedEvent(
  { admin }: Pick<TestDatabase, 'admin'>,
  eventId: string,
): Promise<OutboxRow | null> {
  const [row] = await admin<OutboxRow[]>`
    update outbox set attempts = attempts + 1, claimed_until = now() + interval '1 minute'
    where kind = 'event' and payload ->> 'eventId' = ${eventId}
    returning workspace_id as "workspaceId", id, kind, lane, payload, attempts, created_at as "createdAt"`;
  return row ?? null;
}
