/** The workspaces of a run, each with a key of its own and its journeys published over the API. */
import type postgres from 'postgres';
import { createApiKey } from '../../src/db/api-keys';
import { openDatabase } from '../../src/db/client';
import { newId } from '../../src/ids';
import { commonJourneys, type Journey } from './journeys';
import type { Workspace } from './load';
import type { Enrollment } from './observed';
import type { Rest } from './rest';

export interface WorkspacesOptions {
  /** As superuser. */
  readonly sql: postgres.Sql;
  readonly databaseUrl: string;
  readonly httpUrl: string;
  readonly rest: Rest;
  readonly count: number;
  /** Random journeys: each workspace has its share of them, beside those that all have. */
  readonly journeys: readonly Journey[];
}

export async function openWorkspaces(options: WorkspacesOptions): Promise<Workspace[]> {
  const { sql, databaseUrl, httpUrl, rest, count, journeys } = options;
  const db = await openDatabase({ url: databaseUrl, max: 2 });
  const share = journeys.length / count;
  const made = Array.from({ length: count }, async (_, index): Promise<Workspace> => {
    const id = newId();
    await sql`insert into workspaces (workspace_id, name) values (${id}, ${`Workspace ${index}`})`;
    const { key: apiKey } = await db.inWorkspace(id, (tx) =>
      createApiKey(tx, { name: 'run', scopes: ['admin'] }),
    );
    const own = journeys.slice(index * share, (index + 1) * share);
    await publish(rest, apiKey, [...commonJourneys(httpUrl), ...own]);
    return { id, apiKey, journeys: own };
  });
  const workspaces = await Promise.all(made);
  await db.close();
  return workspaces;
}

/** Publishes one after the other, since some name others. Throws when one is refused. */
export async function publish(
  rest: Rest,
  apiKey: string,
  journeys: readonly Journey[],
): Promise<void> {
  for (const journey of journeys) {
    for (const [path, body] of [
      ['/workflows', journey],
      [`/workflows/${journey.key}/activate`, {}],
    ] as const) {
      const answer = await rest('POST', path, apiKey, body);
      if (answer.status >= 300)
        throw new Error(`${path} was refused: ${JSON.stringify(answer.body)}`);
    }
  }
}

/** Finds the definition that an enrollment of these workspaces follows. */
export function finder(
  workspaces: readonly Workspace[],
  httpUrl: string,
): (enrollment: Enrollment) => Journey | undefined {
  const ours = commonJourneys(httpUrl);
  const journeys = new Map(
    workspaces.flatMap(({ id, journeys: own }) =>
      [...ours, ...own].map((journey) => [`${id} ${journey.key}`, journey] as const),
    ),
  );
  return ({ workspaceId, workflowKey }) => journeys.get(`${workspaceId} ${workflowKey}`);
}
