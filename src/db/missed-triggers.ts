/**
 * Events that could have let a contact into a workflow and did not, without a refusal being recorded: the
 * filter of every trigger turned them down, or nobody could enter when they came. Which of these it was
 * is not written down; what was known at the time is: when the workflow could be entered.
 */
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Tx } from './client';
import type { EventRow } from './events';
import { audit } from './schema/audit';
import { enrollments } from './schema/enrollments';
import { events } from './schema/events';
import { outbox } from './schema/outbox';
import { workflowVersions } from './schema/workflows';

export interface MissedTrigger {
  readonly event: EventRow;
  /** Whether the relay has not come to it yet. */
  readonly isQueued: boolean;
}

const MOST = 20;

/** The newest events of these types that neither let her in nor led to a refusal, the newest first. */
export async function missedTriggers(
  tx: Tx,
  asked: {
    readonly contactId: string;
    readonly workflowId: string;
    readonly types: readonly string[];
  },
): Promise<readonly MissedTrigger[]> {
  const { contactId, workflowId, types } = asked;
  if (types.length === 0) return [];
  const missed = await tx
    .select()
    .from(events)
    .where(
      and(
        eq(events.contactId, contactId),
        sql`${events.type} = any(${sql.param(types)}::text[])`,
        sql`not exists (select 1 from ${enrollments} n
          where n.workflow_id = ${workflowId} and n.trigger_event_id = ${events.id})`,
        sql`not exists (select 1 from ${events} b
          where b.contact_id = ${contactId} and b.type = 'enrollment.blocked'
            and b.caused_by = 'event:' || ${events.id} and b.properties ->> 'workflowId' = ${workflowId}::text)`,
      ),
    )
    .orderBy(desc(events.occurredAt), desc(events.sequence))
    .limit(MOST);
  const queued = await stillQueued(
    tx,
    missed.map(({ id }) => id),
  );
  return missed.map((event) => ({ event, isQueued: queued.has(event.id) }));
}

async function stillQueued(tx: Tx, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await tx
    .select({ eventId: sql<string>`${outbox.payload} ->> 'eventId'` })
    .from(outbox)
    .where(
      and(
        eq(outbox.kind, 'event'),
        sql`${outbox.payload} ->> 'eventId' = any(${sql.param(eventIds)}::text[])`,
      ),
    );
  return new Set(rows.map(({ eventId }) => eventId));
}

/** How many events of these types she has at all. */
export async function countOfTypes(
  tx: Tx,
  contactId: string,
  types: readonly string[],
): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(events)
    .where(
      and(eq(events.contactId, contactId), sql`${events.type} = any(${sql.param(types)}::text[])`),
    );
  return row?.count ?? 0;
}

/** From when on a workflow could be entered, or not. */
export interface DoorChange {
  readonly at: Date;
  readonly became: 'active' | 'paused' | 'archived';
}

const BECAME: Readonly<Record<string, DoorChange['became']>> = {
  'workflow.activate': 'active',
  'workflow.revert': 'active',
  'workflow.pause': 'paused',
  'workflow.archive': 'archived',
};

/** When a workflow was activated, paused and archived, in order; its first version opened it. */
export async function doorChanges(tx: Tx, workflowId: string): Promise<readonly DoorChange[]> {
  const [first] = await tx
    .select({ at: workflowVersions.publishedAt })
    .from(workflowVersions)
    .where(eq(workflowVersions.workflowId, workflowId))
    .orderBy(asc(workflowVersions.version))
    .limit(1);
  const rows = await tx
    .select({ at: audit.at, action: audit.action, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.subjectType, 'workflow'), eq(audit.subjectId, workflowId)))
    .orderBy(desc(audit.id))
    .limit(500);
  const changes = rows.toReversed().flatMap(({ at, action, detail }): DoorChange[] => {
    const became = BECAME[action];
    // A paused workflow stays paused when an earlier version of it is published again.
    const isNone = became === undefined || detail.status !== 'applied';
    const staysPaused = action === 'workflow.revert' && detail.was === 'paused';
    return isNone || staysPaused ? [] : [{ at, became }];
  });
  return [
    ...(first === undefined ? [] : [{ at: first.at, became: 'active' as const }]),
    ...changes,
  ];
}
