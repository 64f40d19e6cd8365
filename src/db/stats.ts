/**
 * Figures of a workflow: how many people it had, how they fared, what happened at its nodes.
 *
 * Fit for a million steps: what has ended is folded into counts (src/db/fold.ts), and only what ended since, is open or
 * failed is counted from its rows, by index. Messages and other effects are counted from an index alone.
 *
 * Somebody counts for the version that she entered, a step for the version that she was in.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from './client';
import { deliveries } from './schema/deliveries';
import { effects } from './schema/effects';
import { enrollments, type EnrollmentStatus } from './schema/enrollments';
import { steps, type StepStatus } from './schema/steps';
import { type CountedWhat, workflowCounts } from './schema/workflow-counts';

export interface Asked {
  readonly workflowId: string;
  /** Null counts all versions. */
  readonly version: number | null;
}

const LAST = sql.raw('9223372036854775807');

type Counts<T> = Record<string, unknown> & T;

/** People with one status, one last goal. */
export interface PeopleCount {
  readonly status: EnrollmentStatus;
  readonly goalId: string | null;
  readonly count: number;
  /** How many of them an operator had tried again. */
  readonly retried: number;
}

export async function countPeople(tx: Tx, asked: Asked): Promise<readonly PeopleCount[]> {
  await byIndex(tx);
  const these = (condition: SQL) => sql`
    select e.status, e.goal_id, e.retries > 0 as retried, count(*) as n
    from ${enrollments} e where ${areTheirs(asked)} and ${condition} group by 1, 2, 3`;
  return tx.execute<Counts<PeopleCount>>(sql`
    select status, goal_id as "goalId", sum(n)::int as count,
      (coalesce(sum(n) filter (where retried), 0))::int as retried
    from (
      select labels[1] as status, labels[2] as goal_id, labels[3]::boolean as retried, count as n
      from ${folded(asked, 'people')}
      union all ${these(sql`e.ended_at is null`)}
      union all ${these(sql`e.status = 'failed'`)}
      union all ${these(sql`e.status <> 'failed' and ${endedSince(sql`e`)}`)}) counted
    group by 1, 2 having sum(n) > 0 order by 1, 2`);
}

/** How long passages took, in seconds. */
export interface Durations {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/**
 * Of those who came to an end by themselves: who was cancelled or failed says nothing of how long it takes. Three digits
 * of each duration count. A percentile between two of them lies between, in proportion.
 */
export async function durationsOf(tx: Tx, asked: Asked): Promise<Durations> {
  await byIndex(tx);
  const [row] = await tx.execute<Counts<Durations>>(sql`
    with durations as (
      select ms, sum(n) as n from (
        select labels[1]::bigint as ms, count as n from ${folded(asked, 'duration')}
        union all
        select throughline.rounded_ms(e.started_at, e.ended_at), 1
        from ${enrollments} e
        where ${areTheirs(asked)} and e.status in ('completed', 'goal_reached', 'exited')
          and ${endedSince(sql`e`)}) each
      group by ms having sum(n) > 0
    ), running as (
      select ms, sum(n) over (order by ms) as up_to, sum(n) over () as total from durations
    ), places as (
      select part, part * (max(total) - 1) as place
      from running, unnest(array[0.5, 0.95]) as part group by part
    ), parts as (
      select part, (below.ms + (above.ms - below.ms) * (place - floor(place)))::float8 / 1000 as seconds
      from places,
        lateral (select min(ms) as ms from running where up_to > floor(place)) below,
        lateral (select min(ms) as ms from running where up_to > ceil(place)) above
    )
    select (select coalesce(sum(n), 0) from durations)::int as count,
      (select seconds from parts where part = 0.5) as p50,
      (select seconds from parts where part = 0.95) as p95`);
  return row ?? { count: 0, p50: null, p95: null };
}

/** Visits of one node with one status, left by one port. */
export interface VisitCount {
  readonly nodeId: string;
  readonly status: StepStatus;
  readonly port: string | null;
  readonly count: number;
}

export async function countVisits(tx: Tx, asked: Asked): Promise<readonly VisitCount[]> {
  await byIndex(tx);
  return tx.execute<Counts<VisitCount>>(sql`
    select node_id as "nodeId", status, port, sum(n)::int as count from (
      select labels[1] as node_id, labels[2] as status, labels[3] as port, count as n
      from ${folded(asked, 'visit')}
      union all
      select s.node_id, s.status, s.port, count(*) from ${steps} s
      where ${areIn(asked, sql`s`)} and ${endedSince(sql`s`)} group by 1, 2, 3
      union all
      -- By a port a visit ends.
      select s.node_id, s.status, null, count(*) from ${steps} s
      where ${areIn(asked, sql`s`)} and s.ended_at is null group by 1, 2) counted
    group by 1, 2, 3 having sum(n) > 0 order by 1, 2, 3`);
}

/** How people fared whom one split sent one way at their first visit. */
export interface VariantCount {
  readonly nodeId: string;
  readonly port: string;
  readonly people: number;
  readonly ended: number;
  readonly failed: number;
  readonly goalReached: number;
}

export async function countVariants(
  tx: Tx,
  asked: Asked,
  splits: readonly string[],
): Promise<readonly VariantCount[]> {
  if (splits.length === 0) return [];
  await byIndex(tx);
  const nodes = sql`${sql.param(splits)}::text[]`;
  const isFirst = sql`${areIn(asked, sql`s`)} and s.visit = 1 and s.port is not null and s.node_id = any(${nodes})`;
  const sent = (condition: SQL) => sql`
    select s.node_id, s.port, 0, count(*), count(*) filter (where e.status = 'failed'), count(e.goal_id)
    from ${enrollments} e join ${steps} s on s.enrollment_id = e.id
    where e.workflow_id = ${asked.workflowId} and ${condition} and ${isFirst} group by 1, 2`;
  return tx.execute<Counts<VariantCount>>(sql`
    select node_id as "nodeId", port, sum(people)::int as people, sum(ended)::int as ended,
      sum(failed)::int as failed, sum(reached)::int as "goalReached"
    from (
      select labels[1] as node_id, labels[3] as port, count as people, 0 as ended, 0 as failed, 0 as reached
      from ${folded(asked, 'visit')}
        and labels[1] = any(${nodes}) and labels[3] is not null and labels[4]::boolean
      union all
      select s.node_id, s.port, count(*), 0, 0, 0 from ${steps} s
      where ${isFirst} and ${endedSince(sql`s`)} group by 1, 2
      union all
      select labels[1], labels[2], 0, count, 0, case when labels[3]::boolean then count else 0 end
      from ${folded(asked, 'outcome')} and labels[1] = any(${nodes})
      union all ${sent(sql`e.status = 'failed'`)}
      union all ${sent(sql`e.status <> 'failed' and ${endedSince(sql`e`)}`)}) counted
    group by 1, 2 having sum(people) > 0 order by 1, 2`);
}

/** Effects of one kind with one fate. */
export interface EffectCount {
  /** `message`, or the type of the node. */
  readonly kind: string;
  readonly status: string;
  readonly count: number;
  /** How many of them were begun more than once. */
  readonly repeated: number;
}

export async function countEffects(tx: Tx, asked: Asked): Promise<readonly EffectCount[]> {
  await byIndex(tx);
  return tx.execute<Counts<EffectCount>>(sql`
    select 'message' as kind, d.status, count(*)::int as count,
      (count(*) filter (where d.attempt > 1))::int as repeated
    from ${deliveries} d where ${areIn(asked, sql`d`)} group by d.status
    union all
    select f.kind, f.status, count(*)::int as count,
      (count(*) filter (where f.attempt > 1))::int as repeated
    from ${effects} f where ${areIn(asked, sql`f`)} group by f.kind, f.status
    order by 1, 2`);
}

/**
 * What is behind an index is little, which a plan may not believe; and what is counted in three transactions side by
 * side need not be divided once more.
 */
async function byIndex(tx: Tx): Promise<void> {
  await tx.execute(sql`
    select set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)`);
}

const folded = ({ workflowId, version }: Asked, what: CountedWhat): SQL => sql`
  ${workflowCounts} where workflow_id = ${workflowId} and what = ${what}
  ${version === null ? sql`` : sql`and version = ${version}`}`;

/** With an upper end, since of an open range whose beginning is not known every plan expects a third of all rows. */
const endedSince = (row: SQL): SQL => sql`
  ${row}.end_sequence > (select f.up_to from throughline.folded f) and ${row}.end_sequence < ${LAST}`;

/** Of steps, messages and other effects, by their own columns. */
const areIn = ({ workflowId, version }: Asked, row: SQL): SQL =>
  sql`${row}.workflow_id = ${workflowId} ${version === null ? sql`` : sql`and ${row}.version = ${version}`}`;

/** Of enrollments. */
function areTheirs({ workflowId, version }: Asked): SQL {
  const isOfVersion =
    version === null ? sql`` : sql`and coalesce(e.entered_version, e.version) = ${version}`;
  return sql`e.workflow_id = ${workflowId} ${isOfVersion}`;
}
