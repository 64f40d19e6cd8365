/**
 * Figures of a workflow: how many people it had, how they fared, what happened at its nodes.
 *
 * Fit for a million steps: those are counted from the index `steps_figures` alone, whose order is that of the groups,
 * so no row is read; the enrollments of the workflow are read once. Only variants and effects join the two, and of
 * those the steps of splits and the claims of effects alone.
 *
 * Somebody counts for the version that she entered, a step for the version that she was in.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from './client';
import { deliveries } from './schema/deliveries';
import { effects } from './schema/effects';
import { enrollments, type EnrollmentStatus } from './schema/enrollments';
import { steps, type StepStatus } from './schema/steps';

export interface Asked {
  readonly workflowId: string;
  /** Null counts all versions. */
  readonly version: number | null;
}

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
  return tx.execute<Counts<PeopleCount>>(sql`
    select e.status, e.goal_id as "goalId", count(*)::int as count,
      (count(*) filter (where e.retries > 0))::int as retried
    from ${enrollments} e where ${areTheirs(asked)} group by 1, 2 order by 1, 2`);
}

/** How long passages took, in seconds. */
export interface Durations {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** Of those who came to an end by themselves: who was cancelled or failed says nothing of how long it takes. */
export async function durationsOf(tx: Tx, asked: Asked): Promise<Durations> {
  const [row] = await tx.execute<Counts<Durations>>(sql`
    select count, parts[1] as p50, parts[2] as p95 from (
      select count(*)::int as count, percentile_cont(array[0.5, 0.95]::float8[]) within group (
        order by extract(epoch from e.ended_at - e.started_at)::float8) as parts
      from ${enrollments} e
      where ${areTheirs(asked)} and e.status in ('completed', 'goal_reached', 'exited')) ended`);
  return row ?? { count: 0, p50: null, p95: null };
}

/** Visits of one node with one status, left by one port. */
export interface VisitCount {
  readonly nodeId: string;
  readonly status: StepStatus;
  readonly port: string | null;
  readonly count: number;
}

export async function countVisits(
  tx: Tx,
  { workflowId, version }: Asked,
): Promise<readonly VisitCount[]> {
  return tx.execute<Counts<VisitCount>>(sql`
    select s.node_id as "nodeId", s.status, s.port, count(*)::int as count
    from ${steps} s
    where s.workflow_id = ${workflowId} ${version === null ? sql`` : sql`and s.version = ${version}`}
    group by s.node_id, s.status, s.port order by s.node_id, s.status, s.port`);
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
  { workflowId, version }: Asked,
  splits: readonly string[],
): Promise<readonly VariantCount[]> {
  if (splits.length === 0) return [];
  return tx.execute<Counts<VariantCount>>(sql`
    select s.node_id as "nodeId", s.port, count(*)::int as people,
      (count(*) filter (where e.ended_at is not null))::int as ended,
      (count(*) filter (where e.status = 'failed'))::int as failed,
      (count(*) filter (where e.goal_id is not null))::int as "goalReached"
    from ${steps} s join ${enrollments} e on e.id = s.enrollment_id
    where s.workflow_id = ${workflowId} and s.node_id = any(${sql.param(splits)}::text[])
      and s.visit = 1 and s.port is not null
      ${version === null ? sql`` : sql`and s.version = ${version}`}
    group by 1, 2 order by 1, 2`);
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
  return tx.execute<Counts<EffectCount>>(sql`
    select 'message' as kind, d.status, count(*)::int as count,
      (count(*) filter (where d.attempt > 1))::int as repeated
    from ${deliveries} d join ${enrollments} e on e.id = d.enrollment_id
    where ${areTheirs(asked)} group by d.status
    union all
    select f.kind, f.status, count(*)::int as count,
      (count(*) filter (where f.attempt > 1))::int as repeated
    from ${effects} f join ${enrollments} e on e.id = f.enrollment_id
    where ${areTheirs(asked)} group by f.kind, f.status
    order by 1, 2`);
}

function areTheirs({ workflowId, version }: Asked): SQL {
  const isOfVersion =
    version === null ? sql`` : sql`and coalesce(e.entered_version, e.version) = ${version}`;
  return sql`e.workflow_id = ${workflowId} ${isOfVersion}`;
}
