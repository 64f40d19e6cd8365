/** Active workflows, and people who wait in them, written by SQL as the product leaves them. */
import postgres from 'postgres';
import { type Database, openDatabase } from '../../src/db/client';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import { contentHash } from '../../src/language/content-hash';
import { listensTo, triggerRows } from '../../src/language/listens-to';
import { parseDefinition } from '../../src/language/parse-definition';
import { COUNTED } from './rows-read';

export interface Size {
  readonly workflows: number;
  /** Rows of enrollments that wait. Everybody waits in two workflows, so these are half as many people. */
  readonly waiting: number;
}

export interface Crowd {
  readonly workspaceId: string;
  /** Contacts, each of whom waits for `AWAITED` in one workflow and for something else in another. */
  readonly waiting: readonly string[];
}

/** Begins some of the workflows, and lets people into the first of them alone. */
export const TRIGGER = 'cart.left';
/** Half of the rows wait for it. */
export const AWAITED = 'cart.paid';
/** Begins nothing, and nobody waits for it. */
export const UNHEARD = 'page.seen';

/** So many workflows begin by `TRIGGER` and wait for `AWAITED`, however many there are. */
const MATCHING = 3;

/** Writes them into a database of the product, in a workspace of their own. At least four workflows. */
export async function writeCrowd(url: string, { workflows, waiting }: Size): Promise<Crowd> {
  const connection = { application_name: COUNTED };
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connection });
  const db = await openDatabase({ url, name: COUNTED });
  const workspaceId = newId();
  try {
    await sql`insert into workspaces (workspace_id, name) values (${workspaceId}, 'Crowd')`;
    await publishAll(db, workspaceId, workflows);
    const people = await writePeople(sql, workspaceId, { workflows, waiting });
    await sql`vacuum analyze`;
    await sql`checkpoint`;
    return { workspaceId, waiting: people };
  } finally {
    await Promise.all([db.close(), sql.end()]);
  }
}

/** Contacts who are in no workflow yet. */
export async function newcomers(
  sql: postgres.Sql,
  workspaceId: string,
  count: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    insert into contacts (workspace_id, id, email)
    select ${workspaceId}, id, id || '@example.com' from (select uuidv7() as id from generate_series(1, ${count})) new
    returning id`;
  return rows.map(({ id }) => id);
}

async function publishAll(db: Database, workspaceId: string, count: number): Promise<void> {
  await db.inWorkspace(workspaceId, async (tx) => {
    for (let place = 0; place < count; place += 1) {
      const definition = journeyAt(place);
      const { key, name } = definition;
      const { id: workflowId } = await createWorkflow(tx, { key, name, draft: definition });
      await publishVersion(tx, {
        ...{ workflowId, definition, contentHash: contentHash(definition) },
        ...{ listensTo: listensTo(definition), triggers: triggerRows(definition) },
      });
    }
  });
}

function journeyAt(place: number) {
  const matches = place < MATCHING;
  const large = [{ field: 'event.total', operator: 'greater_than', value: 1_000 }];
  const trigger = { type: 'event', event: matches ? TRIGGER : `shop.began_${place}` };
  const event = matches ? AWAITED : `shop.went_on_${place}`;
  const { definition, errors } = parseDefinition({
    key: `crowd-${place}`,
    name: `Crowd ${place}`,
    triggers: [place === 0 ? trigger : { ...trigger, filter: large }],
    nodes: [{ id: 'hear', type: 'wait_for_event', data: { event, timeout: '30 days' } }],
    edges: [],
  });
  if (definition === null) throw new Error(`The journey is wrong: ${JSON.stringify(errors)}`);
  return definition;
}

/** Without triggers and foreign keys, which would take most of the time. */
async function writePeople(
  sql: postgres.Sql,
  workspaceId: string,
  { workflows, waiting }: Size,
): Promise<string[]> {
  return sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`create temp table crowd on commit drop as
      select uuidv7() as contact_id, n, now() - n * interval '1 second' as at
      from generate_series(1, ${Math.ceil(waiting / 2)}) n`;
    await tx`insert into contacts (workspace_id, id, email, attributes)
      select ${workspaceId}, contact_id, contact_id || '@example.com', '{"plan": "pro", "city": "Bremen"}' from crowd`;
    await tx`insert into events (workspace_id, id, contact_id, type, properties, occurred_at, received_at)
      select ${workspaceId}, uuidv7(), contact_id, type, '{"total": 12}', at, at
      from crowd cross join unnest(array[${TRIGGER}, ${UNHEARD}]) as type`;
    await tx`insert into enrollments (workspace_id, id, workflow_id, workflow_key, version, entered_version, contact_id,
        number, status, current_node_ids, variables, started_at, temporal_workflow_id, temporal_run_id, wait_until, waiting_for)
      select ${workspaceId}, uuidv7(), w.id, w.key, 1, 1, contact_id, 1, 'waiting', array['hear'], '{}', at,
        'journey/' || w.key || '/' || contact_id, contact_id::text, at + interval '30 days', 'an event'
      from crowd cross join lateral (values (n % ${MATCHING}), (${MATCHING} + n % ${workflows - MATCHING})) it (place)
      join workflows w on w.workspace_id = ${workspaceId} and w.key = 'crowd-' || it.place`;
    const rows = await tx<{ id: string }[]>`select contact_id as id from crowd order by n`;
    return rows.map(({ id }) => id);
  });
}
