/** Whether anything of one workspace is in another: rows that name two of them, and what another's key is shown. */
import type postgres from 'postgres';
import type { Observed } from '../chaos/observed';
import type { Rest } from '../chaos/rest';
import type { Place } from './people';

export interface TenancyFindings {
  readonly questions: number;
  readonly leaks: readonly string[];
}

export async function judgeTenancy(
  sql: postgres.Sql,
  rest: Rest,
  places: readonly Place[],
  observed: Observed,
): Promise<TenancyFindings> {
  const leaks = await mixedRows(sql);
  let questions = 0;
  const ask = async (what: string, isShut: Promise<boolean>): Promise<void> => {
    questions += 1;
    if (!(await isShut)) leaks.push(what);
  };
  for (const [index, { id: own, apiKey, home }] of places.entries()) {
    const other = places[(index + 1) % places.length];
    const theirs = observed.enrollments.find(({ workspaceId }) => workspaceId === other?.id);
    if (other === undefined || theirs === undefined || places.length === 1) continue;
    const hidden = async (path: string) => (await rest('GET', path, apiKey)).status === 404;
    const { id, contactId } = theirs;
    for (const path of [`/enrollments/${id}`, `/enrollments/${id}/steps`, `/contacts/${contactId}`])
      await ask(`${home} is shown ${path} of ${other.home}`, hidden(path));
    const event = { contactId, type: 'load.leak' };
    const refused = rest('POST', '/events', apiKey, event).then(
      ({ body }) => body['accepted'] === 0,
    );
    await ask(`${home} has told an event about a contact of ${other.home}`, refused);
    const listed = listIsOf(own, rest, apiKey, observed);
    await ask(`${home} is shown enrollments of others in a list`, listed);
  }
  return { questions, leaks };
}

/** The workflows of all workspaces have the same keys. */
async function listIsOf(
  workspace: string,
  rest: Rest,
  apiKey: string,
  observed: Observed,
): Promise<boolean> {
  const { body } = await rest('GET', '/workflows/errand-0/enrollments?limit=100', apiKey);
  const homes = new Map(observed.enrollments.map(({ id, workspaceId }) => [id, workspaceId]));
  return (body['data'] as { id: string }[]).every(({ id }) => homes.get(id) === workspace);
}

async function mixedRows(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ what: string; count: number }[]>`
    select 'enrollments of contacts' as what, count(*)::int as count
    from enrollments e join contacts c on c.id = e.contact_id and c.workspace_id <> e.workspace_id
    union all select 'enrollments in workflows', count(*)::int
    from enrollments e join workflows w on w.id = e.workflow_id and w.workspace_id <> e.workspace_id
    union all select 'steps of enrollments', count(*)::int
    from steps s join enrollments e on e.id = s.enrollment_id and e.workspace_id <> s.workspace_id
    union all select 'deliveries of enrollments', count(*)::int
    from deliveries d join enrollments e on e.id = d.enrollment_id and e.workspace_id <> d.workspace_id
    union all select 'effects of enrollments', count(*)::int
    from effects f join enrollments e on e.id = f.enrollment_id and e.workspace_id <> f.workspace_id
    union all select 'events of contacts', count(*)::int
    from events v join contacts c on c.id = v.contact_id and c.workspace_id <> v.workspace_id`;
  return rows
    .filter(({ count }) => count > 0)
    .map(({ what, count }) => `${count} ${what} of another workspace`);
}
