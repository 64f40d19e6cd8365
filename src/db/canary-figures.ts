/**
 * How the people of a canary fare, beside those who entered the active version over the same time.
 *
 * Somebody counts for the version that she entered, wherever she was moved since. An unsubscribe or a complaint
 * counts for the enrollment whose message it is about, which attribution.ts told when the event came.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { CanaryFigures, ComparedFigures } from '../journey/canary';
import { CONTACT_CHANNELS } from '../journey/consent';
import type { CanaryRow } from './canaries';
import type { Tx } from './client';
import { deliveries } from './schema/deliveries';
import { enrollments } from './schema/enrollments';
import { events } from './schema/events';

const told = (what: 'unsubscribed' | 'complained') =>
  CONTACT_CHANNELS.map((channel) => `${channel}.${what}`);
const UNSUBSCRIBED = told('unsubscribed');
const COMPLAINED = told('complained');

/** Counts everybody who entered while the canary ran. */
export async function canaryFigures(tx: Tx, canary: CanaryRow): Promise<ComparedFigures> {
  const [ofCanary, ofActive] = await Promise.all([
    figuresOf(tx, canary, 'canary'),
    figuresOf(tx, canary, 'active'),
  ]);
  return { canary: ofCanary, active: ofActive };
}

/** Counts those of one side. */
export async function figuresOf(
  tx: Tx,
  canary: CanaryRow,
  side: keyof ComparedFigures,
): Promise<CanaryFigures> {
  const { workflowId, version } = canary;
  const isTheirs = sql`e.workflow_id = ${workflowId} and e.canary = ${version}
    and ${side === 'canary' ? sql`e.entered_version = ${version}` : sql`e.entered_version <> ${version}`}`;
  const [journeys, reactions] = await Promise.all([
    countJourneys(tx, isTheirs),
    countReactions(tx, isTheirs, canary.beganAt),
  ]);
  return { ...journeys, ...reactions };
}

type Reactions = Pick<CanaryFigures, 'unsubscribed' | 'complained'>;
type Counts<T> = Record<string, unknown> & T;

async function countJourneys(tx: Tx, isTheirs: SQL): Promise<Omit<CanaryFigures, keyof Reactions>> {
  const [row] = await tx.execute<Counts<Omit<CanaryFigures, keyof Reactions>>>(sql`
    select count(*)::int as enrolled,
      (count(*) filter (where e.ended_at is not null))::int as ended,
      (count(*) filter (where e.status = 'failed'))::int as failed,
      (count(*) filter (where e.status = 'goal_reached'))::int as "goalReached",
      (count(*) filter (where exists (
        select 1 from ${deliveries} d
        where d.enrollment_id = e.id and d.status in ('claimed', 'sent', 'unknown')
          and d.channel = any(${sql.param(CONTACT_CHANNELS)}::text[]))))::int as "writtenTo"
    from ${enrollments} e where ${isTheirs}`);
  if (row === undefined) throw new Error('A count returned no row.');
  return row;
}

/** From the events on: there are few of them, and no index leads from a message to its events. */
async function countReactions(tx: Tx, isTheirs: SQL, from: Date): Promise<Reactions> {
  const ofType = (types: readonly string[]) => sql`v.type = any(${sql.param(types)}::text[])`;
  const [row] = await tx.execute<Counts<Reactions>>(sql`
    select (count(distinct e.id) filter (where ${ofType(UNSUBSCRIBED)}))::int as unsubscribed,
      (count(distinct e.id) filter (where ${ofType(COMPLAINED)}))::int as complained
    from ${events} v
    join ${deliveries} d on d.effect_key = v.delivery_key
    join ${enrollments} e on e.id = d.enrollment_id
    where ${ofType([...UNSUBSCRIBED, ...COMPLAINED])}
      and v.received_at >= ${from.toISOString()}::timestamptz and ${isTheirs}`);
  if (row === undefined) throw new Error('A count returned no row.');
  return row;
}
