/** A workflow with a million steps behind it, written by SQL as passages leave them. */
import type postgres from 'postgres';

/** Which part of all people did what; the rest completed. */
export interface Mix {
  readonly steps: number;
  readonly open: number;
  readonly failed: number;
  readonly goalReached: number;
  readonly cancelled: number;
}

const VARIANTS = [
  { port: 'a', weight: 1 },
  { port: 'b', weight: 1 },
];
const MAIL = { subject: 'Hello', text: 'Hello.' };

/** The nodes that people visit in this order, of which the wait is the third. */
export const JOURNEY = {
  key: 'million',
  name: 'A million steps',
  triggers: [{ type: 'event', event: 'cart.left' }],
  nodes: [
    { id: 'which', type: 'split', data: { variants: VARIANTS } },
    { id: 'hello', type: 'send_email', data: MAIL },
    { id: 'pause', type: 'wait', data: { for: '3 days' } },
    {
      ...{ id: 'bought', type: 'condition' },
      data: { field: 'contact.score', operator: 'greater_than', value: 10 },
    },
    { id: 'again', type: 'send_email', data: MAIL },
    { id: 'rest', type: 'wait', data: { for: '1 day' } },
  ],
  edges: [
    ...['a', 'b'].map((port) => ({ source: 'which', target: 'hello', sourceHandle: port })),
    { source: 'hello', target: 'pause' },
    { source: 'pause', target: 'bought' },
    ...['true', 'false'].map((port) => ({ source: 'bought', target: 'again', sourceHandle: port })),
    { source: 'again', target: 'rest' },
  ],
  goals: [{ id: 'paid', event: 'cart.paid' }],
};

/**
 * Writes the passages of so many people. Without triggers and foreign keys, which would take most of the time, so ends
 * get their numbers here.
 */
export async function passages(
  sql: postgres.Sql,
  { workspaceId, workflowId }: { readonly workspaceId: string; readonly workflowId: string },
  people: number,
  mix: Mix,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`create temp table passage on commit drop as
      select uuidv7() as id, uuidv7() as contact_id, uuidv7() as event_id, n, random() as fate, random() < 0.5 as is_a,
        clock_timestamp() - interval '20 days' + n * interval '1 second' as at, random() * interval '9 days' as lasts
      from generate_series(1, ${people}) n`;
    await tx`alter table passage add column status text`;
    const { open, failed, goalReached, cancelled } = mix;
    await tx`update passage set status = case
      when fate < ${open} then 'waiting'
      when fate < ${open + failed} then 'failed'
      when fate < ${open + failed + goalReached} then 'goal_reached'
      when fate < ${open + failed + goalReached + cancelled} then 'cancelled'
      else 'completed' end`;
    await tx`insert into contacts (workspace_id, id, email, attributes)
      select ${workspaceId}, contact_id, contact_id || '@example.com', '{"plan": "pro", "city": "Bremen"}' from passage`;
    await tx`insert into events (workspace_id, id, contact_id, type, properties, occurred_at, received_at)
      select ${workspaceId}, case k when 1 then event_id else uuidv7() end, contact_id,
        case k when 1 then 'cart.left' else 'page.seen' end, '{"total": 12}', at + k * interval '1 minute', at
      from passage cross join generate_series(1, 5) k`;
    await tx`insert into steps (workspace_id, enrollment_id, node_id, visit, node_type, workflow_id, version, status, port,
        reason, started_at, ended_at, end_sequence)
      select ${workspaceId}, p.id, s.node, 1, s.type, ${workflowId}, 1,
        case when s.is_open then 'waiting' when s.has_failed then 'failed' else 'completed' end,
        case when not s.is_open then s.port end, 'done', p.at, case when not s.is_open then p.at + p.lasts end,
        case when not s.is_open then nextval('throughline.ends') end
      from passage p cross join lateral (
        select v.*, p.status = 'waiting' and v.place = 3 as is_open, p.status = 'failed' and v.place = 2 as has_failed
        from (values (1, 'which', 'split', case when p.is_a then 'a' else 'b' end), (2, 'hello', 'send_email', 'next'),
          (3, 'pause', 'wait', 'next'), (4, 'bought', 'condition', case when p.fate > 0.7 then 'true' else 'false' end),
          (5, 'again', 'send_email', 'next'), (6, 'rest', 'wait', 'next')) v (place, node, type, port)
        where v.place <= case p.status when 'failed' then 2 when 'waiting' then 3 when 'goal_reached' then 4 else 6 end) s`;
    await tx`insert into enrollments (workspace_id, id, workflow_id, workflow_key, version, entered_version, contact_id,
        number, status, current_node_ids, goal_id, trigger_event_id, variables, started_at, ended_at, end_sequence,
        temporal_workflow_id, temporal_run_id, wait_until, error)
      select ${workspaceId}, id, ${workflowId}, ${JOURNEY.key}, 1, 1, contact_id, 1, status,
        case when status = 'waiting' then array['pause'] else '{}' end,
        case when status = 'goal_reached' then 'paid' end, event_id, '{"code": "ABC", "left": 3}', at,
        case when status <> 'waiting' then at + lasts end,
        case when status <> 'waiting' then nextval('throughline.ends') end,
        'journey/' || contact_id, id::text, at + interval '3 days',
        case when status = 'failed' then '{"code": "message.refused", "nodeId": "hello"}'::jsonb end from passage`;
    await tx`insert into deliveries (workspace_id, id, effect_key, enrollment_id, node_id, visit, contact_id, channel,
        purpose, status, to_address, subject, message_id, attempt, claimed_at, workflow_id, version)
      select ${workspaceId}, uuidv7(), id || ':hello:1', id, 'hello', 1, contact_id, 'email', 'marketing',
        case when status = 'failed' then 'failed' when fate > 0.98 then 'blocked' else 'sent' end,
        contact_id || '@example.com', 'Hello', id::text, case when fate > 0.95 then 2 else 1 end, at, ${workflowId}, 1
      from passage`;
  });
}

/** How many people make so many steps. */
export function peopleFor({ steps, open, failed, goalReached }: Mix): number {
  const each = open * 3 + failed * 2 + goalReached * 4 + (1 - open - failed - goalReached) * 6;
  return Math.round(steps / each);
}
