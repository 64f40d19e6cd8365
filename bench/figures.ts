/**
 * `npm run bench:figures`: how long lists and figures take over a million steps of one workflow.
 *
 * `--open=0.5` leaves half of the people inside, 0.15 unless told; `--steps=100000` takes fewer. PostgreSQL is one of its
 * own, with its default settings, and everything is asked for over HTTP.
 */
process.env['LOG_LEVEL'] ??= 'warn';

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { generateApiKey } from '../src/db/api-key-form';
import { type Database, openDatabase } from '../src/db/client';
import { ensureDevWorkspace } from '../src/db/dev-workspace';
import { migrate } from '../src/db/migrate';
import { loadVersion } from '../src/db/workflows';
import { createDevDatabase } from '../src/dev/dev-database';
import { startPostgres } from '../src/dev/postgres';
import { createEvaluators } from '../src/evaluate/evaluators';
import { createApp } from '../src/http/app';
import { figuresOf } from '../src/http/routes/stats';
import type { Definition } from '../src/journey/definition';
import { createLogger } from '../src/log';
import { folding } from '../src/temporal/fold';
import { JOURNEY, type Mix, passages, peopleFor } from './million';
import { quantile, round } from './statistics';

const TIMES = 15;
/** So much of it has ended since it was last folded: at a thousand steps a second, what ends in twenty seconds. */
const UNFOLDED = 20_000;

interface Place {
  readonly url: string;
  readonly db: Database;
  readonly outbox: Database;
  readonly sql: postgres.Sql;
  readonly address: string;
  readonly key: string;
  readonly workspaceId: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      open: { type: 'string', default: '0.15' },
      steps: { type: 'string', default: '1000000' },
    },
  });
  const mix: Mix = {
    ...{ steps: Number(values.steps), open: Number(values.open) },
    ...rest(1 - Number(values.open)),
  };
  const folder = await mkdtemp(join(tmpdir(), 'throughline-figures-'));
  await chmod(folder, 0o755);
  const server = await startPostgres({ dataDir: join(folder, 'postgres'), ownGroup: true });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => void stop().finally(() => process.exit(130)));
  try {
    await inPlace(await createDevDatabase(server.url), (place) => measure(place, mix));
  } finally {
    await stop();
  }
}

/** Who has ended: some failed, reached the goal or were cancelled. */
const rest = (ended: number) => ({
  failed: 0.03 * ended,
  goalReached: 0.15 * ended,
  cancelled: 0.05 * ended,
});

async function inPlace(url: string, work: (place: Place) => Promise<void>): Promise<void> {
  await migrate({ url });
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
  const server = app.listen(0);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  try {
    await work({ url, db, outbox, sql, address, key, workspaceId });
  } finally {
    server.closeAllConnections();
    server.close();
    await Promise.all([db.close(), outbox.close(), sql.end()]);
  }
}

async function measure(place: Place, mix: Mix): Promise<void> {
  const workflowId = await activate(place);
  const { sql, workspaceId } = place;
  const where = { workspaceId, workflowId };
  const people = peopleFor(mix);
  const since = Math.round((people * UNFOLDED) / mix.steps);
  say(`Writing the passages of ${people} people`);
  await passages(sql, where, people - since, mix);
  say(`Folding took ${round(await timed(() => fold(place)), 0)} ms`);
  await passages(sql, where, since, mix);
  await sql`vacuum analyze`;
  const [sizes] = await sql`select (select count(*)::int from steps) as steps,
    (select count(*)::int from steps where ended_at is null) as open,
    (select count(*)::int from enrollments) as enrollments, (select count(*)::int from events) as events,
    (select count(*)::int from steps where end_sequence > (select up_to from throughline.folded)) as unfolded`;
  say(JSON.stringify(sizes));
  say(row('milliseconds', ['median', 'slowest']));
  for (const version of [null, 1]) {
    const name = `/workflows/:id/stats${version === null ? '' : '?version=1'}`;
    say(row(name, await often(() => figures(place, workflowId, version))));
  }
  for (const path of await pathsOf(place, workflowId))
    say(row(path.replace(/[0-9a-f-]{36}/, ':id'), await often(() => ask(place, path))));
  say(
    `Load of the machine meanwhile: ${loadavg()
      .map((each) => round(each, 1))
      .join(', ')}`,
  );
}

const row = (name: string, cells: readonly (string | number)[]) =>
  [name.padEnd(64), ...cells.map((cell) => String(cell).padStart(8))].join('');

/** The middle and the most of several times. */
async function often(work: () => Promise<unknown>): Promise<readonly [number, number]> {
  const took: number[] = [];
  for (let time = 0; time < TIMES; time += 1) took.push(await timed(work));
  return [round(quantile(took, 0.5), 0), round(Math.max(...took), 0)];
}

/** Counted each time: what the route has counted it may keep for a while. */
async function figures({ db, workspaceId }: Place, id: string, version: number | null) {
  const stored = await db.inWorkspace(workspaceId, (tx) => loadVersion(tx, id, 1));
  const definition = (stored?.definition ?? null) as Definition | null;
  const workflow = { id, key: JOURNEY.key };
  return figuresOf((work) => db.inWorkspace(workspaceId, work), workflow, { version, definition });
}

async function activate(place: Place): Promise<string> {
  const { id } = await ask(place, '/workflows', JOURNEY);
  await ask(place, `/workflows/${String(id)}/activate`, {});
  return String(id);
}

async function fold({ outbox }: Place): Promise<void> {
  await folding(outbox).run(null, new AbortController().signal);
}

/** What people look at, also what is rare, for which a list has to look long. */
async function pathsOf({ sql }: Place, workflowId: string): Promise<string[]> {
  const [some] =
    await sql`select id, contact_id as contact, trigger_event_id as event from enrollments
    where status = 'completed' order by id offset 1000 limit 1`;
  const { id, contact } = some as { id: string; contact: string };
  const list = `/workflows/${workflowId}/enrollments`;
  return [
    list,
    ...['waiting', 'paused', 'failed', 'cancelled', 'completed'].map(
      (it) => `${list}?status=${it}`,
    ),
    ...['pause', 'hello', 'rest'].map((node) => `${list}?nodeId=${node}`),
    ...[`${list}?version=1`, `${list}?version=2`],
    ...[`/enrollments/${id}`, `/enrollments/${id}/steps`],
    ...[
      '',
      `?contactId=${contact}`,
      '?type=cart.left',
      '?type=cart.lost',
      `?enrollmentId=${id}`,
    ].map((query) => `/events${query}`),
    `/events/counts?contactId=${contact}`,
    '/events/counts?type=cart.left',
    ...[
      '',
      `?contactId=${contact}`,
      `?enrollmentId=${id}`,
      '?status=blocked',
      '?status=unknown',
    ].map((query) => `/messages${query}`),
    `/contacts/${contact}/enrollments`,
  ];
}

async function ask({ address, key }: Place, path: string, body?: object) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${address}${path}`, { headers, ...sent });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
