/**
 * What is written down about one contact's passages: enrollments with their steps, messages, calls and
 * commands, refused entries, and what happened to her messages.
 *
 * Each part is bounded, the newest first; `isWhole` tells whether a bound cut something off.
 */
import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Tx } from './client';
import type { CommandRow } from './commands';
import type { DeliveryRow } from './deliveries';
import type { EffectRow } from './effects';
import { type EnrollmentRow, listEnrollments } from './enrollments';
import type { EventRow } from './events';
import { apiKeys } from './schema/api-keys';
import { commands } from './schema/commands';
import { deliveries } from './schema/deliveries';
import { effects } from './schema/effects';
import { enrollments } from './schema/enrollments';
import { events } from './schema/events';
import { steps } from './schema/steps';
import { effectKeyOf } from './step-effects';
import type { StepRow } from './steps';

export interface StoryRows {
  /** The newest first. */
  readonly enrollments: readonly EnrollmentRow[];
  /** In the order in which they were entered. */
  readonly steps: readonly StepRow[];
  /** By the effect key of their step. */
  readonly deliveries: ReadonlyMap<string, DeliveryRow>;
  readonly effects: ReadonlyMap<string, EffectRow>;
  readonly commands: readonly CommandRow[];
  /** `enrollment.blocked`, the newest first. */
  readonly refusals: readonly EventRow[];
  /** Events about her messages, the newest first. */
  readonly reactions: readonly EventRow[];
  /** The types of the events that let her in, or would have. */
  readonly eventTypes: ReadonlyMap<string, string>;
  /** The keys of the workflows whose nodes let her in. */
  readonly enrolledBy: ReadonlyMap<string, string>;
  readonly keyNames: ReadonlyMap<string, string>;
  readonly isWhole: boolean;
}

const MOST = { enrollments: 20, steps: 500, commands: 200, refusals: 50, reactions: 200 } as const;

/** What is known of her in one workflow, or in all. */
export async function loadStory(
  tx: Tx,
  { contactId, workflowId }: { readonly contactId: string; readonly workflowId: string | null },
): Promise<StoryRows> {
  const page = { limit: MOST.enrollments };
  const filter = { contactId, workflowId: workflowId ?? undefined };
  const { data: passages, nextCursor } = await listEnrollments(tx, filter, page);
  const ids = passages.map(({ id }) => id);
  const visits = await stepsOf(tx, ids);
  const keys = visits.map(effectKeyOf);
  const orders = await commandsOf(tx, ids);
  const refusals = await refusalsOf(tx, contactId, workflowId);
  const reactions = await reactionsOf(tx, contactId, keys);
  const found = {
    ...{ enrollments: passages, steps: visits, commands: orders, refusals, reactions },
    deliveries: await deliveriesOf(tx, keys),
    effects: await effectsOf(tx, keys),
    keyNames: await keyNamesOf(tx, orders),
    ...(await causesOf(tx, [...passages, ...refusals])),
  };
  const isCut =
    visits.length >= MOST.steps ||
    orders.length >= MOST.commands ||
    refusals.length >= MOST.refusals ||
    reactions.length >= MOST.reactions;
  return { ...found, isWhole: nextCursor === null && !isCut };
}

const isOneOf = (column: unknown, values: readonly string[], type: 'uuid' | 'text'): SQL =>
  sql`${column} = any(${sql.param(values)}::${sql.raw(type)}[])`;

async function stepsOf(tx: Tx, ids: readonly string[]): Promise<StepRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select()
    .from(steps)
    .where(isOneOf(steps.enrollmentId, ids, 'uuid'))
    .orderBy(desc(steps.sequence))
    .limit(MOST.steps);
  return rows.toReversed();
}

async function commandsOf(tx: Tx, ids: readonly string[]): Promise<CommandRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select()
    .from(commands)
    .where(isOneOf(commands.enrollmentId, ids, 'uuid'))
    .orderBy(desc(commands.id))
    .limit(MOST.commands);
  return rows.toReversed();
}

async function refusalsOf(
  tx: Tx,
  contactId: string,
  workflowId: string | null,
): Promise<EventRow[]> {
  return tx
    .select()
    .from(events)
    .where(
      and(
        eq(events.contactId, contactId),
        eq(events.type, 'enrollment.blocked'),
        workflowId === null
          ? undefined
          : sql`${events.properties} ->> 'workflowId' = ${workflowId}::text`,
      ),
    )
    .orderBy(desc(events.occurredAt), desc(events.sequence))
    .limit(MOST.refusals);
}

async function reactionsOf(
  tx: Tx,
  contactId: string,
  keys: readonly string[],
): Promise<EventRow[]> {
  if (keys.length === 0) return [];
  return tx
    .select()
    .from(events)
    .where(and(eq(events.contactId, contactId), isOneOf(events.deliveryKey, keys, 'text')))
    .orderBy(desc(events.sequence))
    .limit(MOST.reactions);
}

async function deliveriesOf(tx: Tx, keys: readonly string[]): Promise<Map<string, DeliveryRow>> {
  if (keys.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(deliveries)
    .where(isOneOf(deliveries.effectKey, keys, 'text'))
    .orderBy(asc(deliveries.id));
  return new Map(rows.map((row) => [row.effectKey, row]));
}

async function effectsOf(tx: Tx, keys: readonly string[]): Promise<Map<string, EffectRow>> {
  if (keys.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(effects)
    .where(isOneOf(effects.effectKey, keys, 'text'));
  return new Map(rows.map((row) => [row.effectKey, row]));
}

async function keyNamesOf(tx: Tx, orders: readonly CommandRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(orders.map(({ requestedBy }) => requestedBy))];
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: apiKeys.id, name: apiKeys.name })
    .from(apiKeys)
    // Not every actor is a key.
    .where(isOneOf(sql`${apiKeys.id}::text`, ids, 'text'));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What `causedBy` names: an event, or an enrollment of hers in another workflow. */
async function causesOf(
  tx: Tx,
  caused: readonly { readonly causedBy: string | null }[],
): Promise<Pick<StoryRows, 'eventTypes' | 'enrolledBy'>> {
  const named = (kind: 'event' | 'enrollment') =>
    caused.flatMap(({ causedBy }) =>
      causedBy?.startsWith(`${kind}:`) === true ? [causedBy.slice(kind.length + 1)] : [],
    );
  const eventIds = named('event');
  const enrollmentIds = named('enrollment');
  const types =
    eventIds.length === 0
      ? []
      : await tx
          .select({ id: events.id, type: events.type })
          .from(events)
          .where(isOneOf(events.id, eventIds, 'uuid'));
  const keys =
    enrollmentIds.length === 0
      ? []
      : await tx
          .select({ id: enrollments.id, key: enrollments.workflowKey })
          .from(enrollments)
          .where(isOneOf(enrollments.id, enrollmentIds, 'uuid'));
  return {
    eventTypes: new Map(types.map(({ id, type }) => [id, type])),
    enrolledBy: new Map(keys.map(({ id, key }) => [id, key])),
  };
}
