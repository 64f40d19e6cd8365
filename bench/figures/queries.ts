/**
 * How long lists and figures take over a million steps of one workflow, asked for over HTTP.
 *
 * PostgreSQL is one of its own, with its default settings; the API runs in this process.
 */
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { generateApiKey } from '../../src/db/api-key-form';
import { type Database, openDatabase } from '../../src/db/client';
import { ensureDevWorkspace } from '../../src/db/dev-workspace';
import { loadVersion } from '../../src/db/workflows';
import type { PostgresServer } from '../../src/dev/postgres';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createApp } from '../../src/http/app';
import { figuresOf } from '../../src/http/routes/stats';
import type { Definition } from '../../src/journey/definition';
import { createLogger } from '../../src/log';
import { folding } from '../../src/temporal/fold';
import { beside, readCpu } from '../cpu';
import { JOURNEY, type Mix, passages, peopleFor } from '../million';
import { quantile, round } from '../statistics';
import { createDatabase, withPostgres } from './own-postgres';
import { noteTaker, type PartOptions } from './part';
import { questionsAbout } from './questions';

const TIMES = { full: 15, quick: 2 };
/** So much of it has ended since it was last folded: at a thousand steps a second, what ends in twenty seconds. */
const UNFOLDED = 0.02;

interface Place {
  readonly server: PostgresServer;
  readonly db: Database;
  readonly outbox: Database;
  readonly sql: postgres.Sql;
  readonly address: string;
  readonly key: string;
  readonly workspaceId: string;
}

/** Milliseconds, and what one answer took of API and PostgreSQL. */
interface Took {
  readonly p50Ms: number;
  readonly maxMs: number;
  readonly cpuMs: number;
}

export async function measureQueries(options: PartOptions): Promise<object> {
  const note = noteTaker(options.quick);
  return withPostgres((server) =>
    inPlace(server, async (place) => {
      const workflowId = await fill(place, options);
      const times = options.quick ? TIMES.quick : TIMES.full;
      const cpu = () => total(cpuOf(place));
      const { result, otherCores } = await beside(cpu, () => askAll(place, workflowId, times));
      return { rows: await rowsIn(place), ...result, note: note(otherCores) };
    }),
  );
}

async function inPlace<T>(server: PostgresServer, work: (place: Place) => Promise<T>): Promise<T> {
  const url = await createDatabase(server.url, 'million');
  const key = generateApiKey();
  const workspaceId = await ensureDevWorkspace(url, key);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const db = await openDatabase({ url });
  const outbox = await openDatabase({ url, role: 'throughline_relay', max: 2 });
  const app = createApp({
    ...{ db, evaluators: createEvaluators(), log: createLogger('bench', 'silent') },
    enrollments: { tryStart: async () => null },
    steering: { tell: async () => undefined },
    wakeRelay: () => undefined,
    ready: async () => ({ database: true, temporal: true }),
  });
  const listening = app.listen(0);
  const address = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/api/v1`;
  try {
    return await work({ server, db, outbox, sql, address, key, workspaceId });
  } finally {
    listening.closeAllConnections();
    listening.close();
    await Promise.all([db.close(), outbox.close(), sql.end()]);
  }
}

/** Writes the passages of as many people as the steps need; returns the id of their workflow. */
async function fill(place: Place, { steps, open, say }: PartOptions): Promise<string> {
  const { sql, workspaceId } = place;
  const { id } = await ask(place, '/workflows', JOURNEY);
  await ask(place, `/workflows/${String(id)}/activate`, {});
  const where = { workspaceId, workflowId: String(id) };
  const mix: Mix = { steps, open, ...rest(1 - open) };
  const people = peopleFor(mix);
  const since = Math.round(people * UNFOLDED);
  say(`Writing the passages of ${people} people`);
  await passages(sql, where, people - since, mix);
  await folding(place.outbox).run(null, new AbortController().signal);
  await passages(sql, where, since, mix);
  await sql`vacuum analyze`;
  return where.workflowId;
}

/** Who has ended: some failed, reached the goal or were cancelled. */
const rest = (ended: number) => ({
  failed: 0.03 * ended,
  goalReached: 0.15 * ended,
  cancelled: 0.05 * ended,
});

async function rowsIn({ sql }: Place): Promise<object> {
  const [rows] = await sql`select (select count(*)::int from steps) as steps,
    (select count(*)::int from steps where ended_at is null) as "openSteps",
    (select count(*)::int from enrollments) as enrollments, (select count(*)::int from events) as events,
    (select count(*)::int from deliveries) as messages,
    (select count(*)::int from steps where end_sequence > (select up_to from throughline.folded)) as "unfoldedSteps"`;
  return { ...rows };
}

async function askAll(place: Place, workflowId: string, times: number) {
  const stats: Record<string, Took> = {};
  for (const version of [null, 1]) {
    const name = version === null ? 'all' : 'ofVersion';
    stats[name] = await often(place, times, () => figures(place, workflowId, version));
  }
  const lists: Record<string, Took> = {};
  for (const [name, path] of Object.entries(await questionsAbout(place.sql, workflowId)))
    lists[name] = await often(place, times, () => ask(place, path));
  return { stats, lists, slowestList: slowestOf(lists) };
}

function slowestOf(lists: Readonly<Record<string, Took>>) {
  const byMedian = Object.entries(lists).sort(([, one], [, other]) => other.p50Ms - one.p50Ms);
  const [name, took] = byMedian[0] ?? [];
  const maxMs = Math.max(...Object.values(lists).map((each) => each.maxMs));
  return { name, p50Ms: took?.p50Ms, maxMs };
}

/** The first answer is not counted: it reads what the next ones find in memory. */
async function often(place: Place, times: number, work: () => Promise<unknown>): Promise<Took> {
  await work();
  const took: number[] = [];
  const before = total(cpuOf(place));
  for (let time = 0; time < times; time += 1) {
    const began = performance.now();
    await work();
    took.push(performance.now() - began);
  }
  const cpuMs = round((total(cpuOf(place)) - before) / times, 1);
  return { p50Ms: round(quantile(took, 0.5), 1), maxMs: round(Math.max(...took), 1), cpuMs };
}

const cpuOf = ({ server }: Place) =>
  readCpu({ api: { pid: process.pid }, postgres: { pid: server.pid, forks: true } });

const total = ({ api, postgres: database }: ReturnType<typeof cpuOf>) => api + database;

/** Counted each time: what the route has counted it may keep for a while. */
async function figures({ db, workspaceId }: Place, id: string, version: number | null) {
  const stored = await db.inWorkspace(workspaceId, (tx) => loadVersion(tx, id, 1));
  const definition = (stored?.definition ?? null) as Definition | null;
  const workflow = { id, key: JOURNEY.key };
  return figuresOf((work) => db.inWorkspace(workspaceId, work), workflow, { version, definition });
}

async function ask({ address, key }: Place, path: string, body?: object) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${address}${path}`, { headers, ...sent });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}
