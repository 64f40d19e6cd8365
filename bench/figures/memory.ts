/**
 * What an enrollment that waits takes of its worker's memory while it is cached, and what it costs to rebuild one that
 * was evicted.
 *
 * The worker is the product's in a process of its own; its threads and isolates are as it sets them up. People stand
 * at the third of six nodes, where they wait for an event.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Held } from '../cached-worker';
import { smallJourney } from '../journeys';
import type { Passage } from '../passages';
import { type Bench, type Cpu, crowdedBy, idleRate, perEnrollment } from '../rounds';
import { total } from '../results';
import { endChild, type Servers, startChild, startServers } from '../stack';
import { median, round } from '../statistics';
import { stoppedAfter } from '../stopping';
import { openWorld, type World } from '../world';
import { dismiss, gather } from './flock';
import { noteTaker, type PartOptions } from './part';

interface Plan {
  /** Cached side by side. */
  readonly people: number;
  /** In and out before anything is measured: code is compiled, and memory has room. */
  readonly warmUp: number;
  /** Evicted in each round, and as many not. */
  readonly flock: number;
  readonly idleMs: number;
}

const QUICK: Plan = { people: 4, warmUp: 2, flock: 2, idleMs: 200 };

/** No more than a worker on a small machine caches. */
const MOST = 1_000;
const LARGEST_FLOCK = 40;

function planFor(wanted: number): Plan {
  const people = Math.min(wanted, MOST);
  const warmUp = Math.ceil(people / 5);
  const flock = Math.max(2, Math.min(LARGEST_FLOCK, Math.ceil(people / 10)));
  return { people, warmUp, flock, idleMs: 3_000 };
}

/** Slow enough that nobody queues. */
const PACE_MS = 100;
const KB = 1_024;
const MB = KB * KB;

export async function measureMemory(options: PartOptions): Promise<object> {
  const { quick, people, rounds, say } = options;
  const plan = quick ? QUICK : planFor(people);
  const note = noteTaker(quick);
  say('Starting PostgreSQL, Temporal and the mail catcher');
  const servers = await startServers();
  return stoppedAfter(servers.stop, async () => {
    const world = await openWorld(servers);
    try {
      const workflowId = await world.publish(smallJourney('cached'));
      const room = plan.people + plan.warmUp + 1;
      const cached = await withWorker(servers, room, (worker) =>
        growth(worker, world, { ...plan, workflowId, rounds, say }),
      );
      const { result, otherCores } = await withWorker(servers, plan.flock, (worker) => {
        const pids = { ...servers.pids, worker: worker.pid ?? 0 };
        const bench: Bench = { stack: { ...servers, pids }, world };
        return crowdedBy(bench, () =>
          evictions(worker, bench, { ...plan, workflowId, rounds, say }),
        );
      });
      return { cached, evicted: result, note: note(otherCores) };
    } finally {
      await world.close();
    }
  });
}

type Task = Plan & Pick<PartOptions, 'rounds' | 'say'> & { readonly workflowId: string };

async function withWorker<T>(
  { databaseUrl, temporalAddress, smtpUrl }: Servers,
  cached: number,
  work: (worker: ChildProcess) => Promise<T>,
): Promise<T> {
  const stack = { databaseUrl, temporalAddress, smtpUrl };
  const { child } = await startChild('./cached-worker', [JSON.stringify({ stack, cached })]);
  try {
    return await work(child);
  } finally {
    await endChild(child);
  }
}

async function holding(worker: ChildProcess): Promise<Held> {
  const answer = once(worker, 'message');
  worker.send('What do you hold?');
  return ((await answer) as [Held])[0];
}

/** The memory of the worker with nobody, with half of the people and with all of them in its cache, and behind them. */
async function growth(worker: ChildProcess, world: World, task: Task): Promise<object> {
  const { people, warmUp, workflowId, say } = task;
  say(`Warming up with ${warmUp} enrollments`);
  await dismiss(world, await gather(world, workflowId, warmUp), 0);
  const empty = await holding(worker);
  const half = Math.ceil(people / 2);
  say(`Letting ${people} wait`);
  const inside: Passage[] = await gather(world, workflowId, half);
  const halfFull = await holding(worker);
  inside.push(...(await gather(world, workflowId, people - half)));
  const full = await holding(worker);
  if (full.cached < people) throw new Error(`Only ${full.cached} of ${people} are in the cache.`);
  await dismiss(world, inside, 0);
  const behind = await holding(worker);
  const added = (of: (held: Held) => number, from: Held, to: Held, count: number) =>
    round((of(to) - of(from)) / count / KB, 1);
  const resident = (held: Held) => held.residentBytes;
  const heap = (held: Held) => held.heapBytes;
  return {
    enrollments: people,
    residentKb: added(resident, empty, full, people),
    residentKbOfHalves: [
      added(resident, empty, halfFull, half),
      added(resident, halfFull, full, people - half),
    ],
    heapKb: added(heap, empty, full, people),
    heapKbOfHalves: [
      added(heap, empty, halfFull, half),
      added(heap, halfFull, full, people - half),
    ],
    workerMb: {
      empty: round(empty.residentBytes / MB, 0),
      full: round(full.residentBytes / MB, 0),
      behind: round(behind.residentBytes / MB, 0),
    },
  };
}

/** CPU from the event to the end, for people in the cache and for people who were pushed out of it. */
async function evictions(worker: ChildProcess, bench: Bench, task: Task): Promise<object> {
  const { rounds, flock, idleMs, workflowId, say } = task;
  const { world } = bench;
  await dismiss(world, await gather(world, workflowId, flock), 0);
  const idle = await idleRate(bench, idleMs);
  const kept: Cpu[] = [];
  const rebuilt: Cpu[] = [];
  let replays = 0;
  for (let nth = 1; nth <= rounds; nth += 1) {
    say(`Evictions, round ${nth} of ${rounds}`);
    const first = await gather(world, workflowId, flock);
    const second = await gather(world, workflowId, flock);
    kept.push(await perEnrollment(bench, idle, flock, () => dismiss(world, second, PACE_MS)));
    const { misses } = await holding(worker);
    rebuilt.push(await perEnrollment(bench, idle, flock, () => dismiss(world, first, PACE_MS)));
    replays += (await holding(worker)).misses - misses;
  }
  const [cachedCpuMs, evictedCpuMs] = [medians(kept), medians(rebuilt)];
  return {
    enrollments: rounds * flock,
    replays,
    cachedCpuMs,
    evictedCpuMs,
    replayCpuMs: round(
      median(rebuilt.map((each, nth) => total(each) - total(kept[nth] ?? each))),
      1,
    ),
    ofRounds: rebuilt.map((each, nth) => round(total(each) - total(kept[nth] ?? each), 1)),
  };
}

function medians(rounds: readonly Cpu[]) {
  const middle = (of: (cpu: Cpu) => number) => round(median(rounds.map((cpu) => of(cpu))), 1);
  return {
    worker: middle((cpu) => cpu.worker),
    temporal: middle((cpu) => cpu.temporal),
    postgres: middle((cpu) => cpu.postgres),
    total: middle(total),
  };
}
