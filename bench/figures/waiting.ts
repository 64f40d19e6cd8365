/**
 * What people cost who wait for an event and for a timer beside it: to let in, while they wait, and to wake.
 *
 * The product runs as `npm start` runs it, with all its chores. People are let in and woken by events over the API, as
 * a shop would report them, a thousand in a request.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { beside, readCpu, spent } from '../cpu';
import { round } from '../statistics';
import { type Copy, each, type PerPart, sum, withCopy } from './own-copy';
import { noteTaker, type PartOptions } from './part';

const KEY = 'waiting';
const TRIGGER = 'cart.left';
const AWAITED = 'cart.paid';

const JOURNEY = {
  key: KEY,
  name: 'Somebody who waits',
  triggers: [{ type: 'event', event: TRIGGER }],
  nodes: [
    { id: 'paid', type: 'wait_for_event', data: { event: AWAITED, timeout: '30 days' } },
    { id: 'tag', type: 'add_tag', data: { tag: 'customer' } },
  ],
  edges: [{ source: 'paid', target: 'tag', sourceHandle: 'received' }],
};

interface Plan {
  readonly people: number;
  readonly warmUp: number;
  /** How long nobody does anything, with nobody inside and with everybody. Whole minutes hold every chore as often. */
  readonly idleMs: number;
  readonly waitMs: number;
}

const FULL = { warmUp: 50, idleMs: 120_000, waitMs: 180_000 };
const QUICK = { warmUp: 2, idleMs: 500, waitMs: 500 };

const BATCH = 1_000;
const MINUTE_MS = 60_000;
const MB = 1_024 * 1_024;
/** What was started or ended last is written down a little later. */
const SETTLE_MS = 2_000;

interface Room extends Copy, Plan {
  readonly sql: postgres.Sql;
  say(line: string): void;
}

export async function measureWaiting(options: PartOptions): Promise<object> {
  const { quick, people, say } = options;
  const plan: Plan = { people, ...(quick ? QUICK : FULL) };
  const note = noteTaker(quick);
  say('Starting a copy of the product');
  return withCopy(async (copy) => {
    const sql = postgres(copy.databaseUrl, { max: 1, onnotice: () => undefined });
    try {
      const room: Room = { ...copy, ...plan, sql, say };
      const own = () => sum(copy.cpu()) + readCpu({ caller: { pid: process.pid } }).caller;
      const { result, otherCores } = await beside(own, () => passing(room));
      return { people, ...result, note: note(otherCores) };
    } finally {
      await sql.end({ timeout: 5 });
    }
  });
}

async function passing(room: Room): Promise<object> {
  const { client, people, warmUp, say } = room;
  await client.workflows.create(JOURNEY);
  await client.workflows.activate(KEY);
  say(`Warming up with ${warmUp} people`);
  const early = names('early', warmUp);
  await moving(room, TRIGGER, early, NOTHING);
  await moving(room, AWAITED, early, NOTHING);
  const empty = await standingStill(room, room.idleMs);
  const before = await stored(room);
  say(`Letting ${people} people in`);
  const crowd = names('crowd', people);
  const letIn = await moving(room, TRIGGER, crowd, empty.perMs);
  const after = await stored(room);
  say('They wait');
  const full = await standingStill(room, room.waitMs);
  say('Waking them');
  const woken = await moving(room, AWAITED, crowd, full.perMs);
  const perMinute = (perMs: PerPart) => withSum(each(perMs, (value) => value * MINUTE_MS));
  const megabytes = (bytes: PerPart) =>
    withSum(
      each(bytes, (value) => value / MB),
      0,
    );
  return {
    letIn: letIn.figures,
    whileWaiting: {
      cpuMsPerMinute: perMinute(full.perMs),
      nobodyCpuMsPerMinute: perMinute(empty.perMs),
    },
    memoryMb: { nobody: megabytes(empty.resident), everybody: megabytes(full.resident) },
    bytesPerEnrollment: {
      database: round((after.database - before.database) / people, 0),
      temporal: round((after.temporal - before.temporal) / people, 0),
    },
    woken: woken.figures,
  };
}

const names = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

const NOTHING: PerPart = { worker: 0, temporal: 0, postgres: 0, api: 0 };

/** Reports the event of everybody; resolves when all of them wait, or have ended. */
async function moving(room: Room, type: string, people: readonly string[], idle: PerPart) {
  const { client, cpu } = room;
  const wanted = (await reached(room, type)) + people.length;
  const [before, startedAt] = [cpu(), performance.now()];
  for (let from = 0; from < people.length; from += BATCH) {
    const batch = people.slice(from, from + BATCH);
    const events = batch.map((externalId) => ({ externalId, type, createContact: true }));
    const { accepted } = await client.events(events);
    if (accepted !== batch.length) throw new Error(`Only ${accepted} events were accepted.`);
  }
  while ((await reached(room, type)) < wanted) await sleep(LOOK_EVERY_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  await sleep(SETTLE_MS);
  const lasted = performance.now() - startedAt;
  const used = spent(before, cpu());
  const own = each(used, (value, part) => (value - idle[part] * lasted) / people.length);
  const figures = {
    seconds: round(seconds, 1),
    perSecond: round(people.length / seconds, 1),
    cpuMsPerEnrollment: withSum(own),
  };
  return { figures };
}

const LOOK_EVERY_MS = 500;

/** How many have come where the event leads them. */
async function reached({ sql }: Room, type: string): Promise<number> {
  const [row] =
    type === TRIGGER
      ? await sql<{ count: number }[]>`
          select count(*)::int from enrollments where ended_at is null and status = 'waiting' and temporal_run_id is not null`
      : await sql<
          { count: number }[]
        >`select count(*)::int from enrollments where ended_at is not null`;
  return row?.count ?? 0;
}

/** What each part spends by itself, and holds in memory behind it. */
async function standingStill({ cpu, resident }: Room, forMs: number) {
  const [before, startedAt] = [cpu(), performance.now()];
  await sleep(forMs);
  const lasted = performance.now() - startedAt;
  const perMs = each(spent(before, cpu()), (value) => value / lasted);
  return { perMs, resident: resident() };
}

async function stored({ sql, temporalBytes }: Room) {
  const [row] = await sql<{ bytes: number }[]>`
    select pg_database_size(current_database())::float8 as bytes`;
  return { database: row?.bytes ?? 0, temporal: temporalBytes() };
}

/** Rounded, and all parts together. */
function withSum(parts: PerPart, digits = 1) {
  return { ...each(parts, (value) => round(value, digits)), total: round(sum(parts), digits) };
}
