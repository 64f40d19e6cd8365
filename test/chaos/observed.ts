/** What the oracle reads of the database: rows as they are, by SQL of its own. */
import type postgres from 'postgres';
import type { Scheduled } from './faults';

export interface Enrollment {
  readonly id: string;
  readonly workspaceId: string;
  readonly workflowKey: string;
  readonly contactId: string;
  readonly status: string;
  readonly goalId: string | null;
  readonly error: { readonly code?: string } | null;
  readonly temporalWorkflowId: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface Step {
  readonly enrollmentId: string;
  readonly nodeId: string;
  readonly nodeType: string;
  readonly visit: number;
  readonly status: string;
  readonly port: string | null;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** When the row was written, and when it was closed, by the database's clock. */
  readonly writtenAt: Date;
  readonly closedAt: Date | null;
}

/** A claim: the row of a call or of a mail. */
export interface Claim {
  readonly channel: 'http' | 'mail';
  readonly enrollmentId: string;
  readonly nodeId: string;
  /** What the provider knows it by. */
  readonly id: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly attempt: number;
  readonly resolution: string | null;
}

export interface ContactEvent {
  readonly contactId: string;
  readonly externalId: string | null;
  readonly type: string;
  readonly tag: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

export interface Observed {
  readonly enrollments: readonly Enrollment[];
  readonly steps: readonly Step[];
  readonly claims: readonly Claim[];
  readonly events: readonly ContactEvent[];
  readonly goneContacts: ReadonlySet<string>;
}

/** Notes the time at which rows of steps are written, which the product does not keep. */
export async function watchWrites(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    alter table steps add column written_at timestamptz default clock_timestamp();
    alter table steps add column closed_at timestamptz;
    create function public.chaos_note_close() returns trigger language plpgsql as $$
    begin
      if new.ended_at is not null and new.closed_at is null then new.closed_at := clock_timestamp(); end if;
      return new;
    end $$;
    grant execute on function public.chaos_note_close() to public;
    create trigger chaos_note_close before insert or update on steps
      for each row execute function public.chaos_note_close();`);
}

/** Everything that happened since `from`. */
export async function observe(sql: postgres.Sql, from: Date): Promise<Observed> {
  const enrollments = await sql<Enrollment[]>`
    select id, workspace_id as "workspaceId", workflow_key as "workflowKey", contact_id as "contactId", status,
      goal_id as "goalId", error, temporal_workflow_id as "temporalWorkflowId", started_at as "startedAt", ended_at as "endedAt"
    from enrollments where started_at >= ${from}`;
  const steps = await sql<Step[]>`
    select enrollment_id as "enrollmentId", node_id as "nodeId", node_type as "nodeType", visit, s.status, port, s.reason,
      s.started_at as "startedAt", s.ended_at as "endedAt", written_at as "writtenAt", closed_at as "closedAt"
    from steps s join enrollments e on e.id = s.enrollment_id
    where e.started_at >= ${from} order by sequence`;
  const claims = await sql<Claim[]>`
    select 'http' as channel, enrollment_id as "enrollmentId", node_id as "nodeId", effect_key as id, c.status, c.reason,
      attempt, resolution
    from effects c join enrollments e on e.id = c.enrollment_id
    where e.started_at >= ${from} and c.kind in ('webhook', 'http_request')
    union all
    select 'mail', enrollment_id, node_id, message_id, c.status, c.reason, attempt, resolution
    from deliveries c join enrollments e on e.id = c.enrollment_id where e.started_at >= ${from}`;
  const events = await sql<ContactEvent[]>`
    select contact_id as "contactId", external_id as "externalId", type, properties ->> 'tag' as tag,
      occurred_at as "occurredAt", received_at as "receivedAt"
    from events where received_at >= ${from}`;
  const gone = await sql<{ id: string }[]>`select id from contacts where 'gone' = any(tags)`;
  return { enrollments, steps, claims, events, goneContacts: new Set(gone.map(({ id }) => id)) };
}

/** Attempts under way: what a process that ends now leaves in doubt. */
export async function attemptsUnderWay(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select (select count(*) from effects where status = 'claimed')::int
      + (select count(*) from deliveries where status = 'claimed')::int as count`;
  return row?.count ?? 0;
}

export async function outboxLength(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from outbox`;
  return row?.count ?? 0;
}

export async function openEnrollments(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<
    { count: number }[]
  >`select count(*)::int as count from enrollments where ended_at is null`;
  return row?.count ?? 0;
}

/** A fault as it happened. */
export interface Happened extends Scheduled {
  readonly beganAt: number;
  readonly endedAt: number;
  /** Attempts that were under way when it began. */
  readonly underWay: number;
}
