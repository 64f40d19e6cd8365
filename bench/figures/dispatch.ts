/**
 * What an event costs between its commit and what follows from it: claimed, judged, decided, noted.
 *
 * Each size has a database of its own on one server, and the sizes take turns, so that whatever disturbs the machine
 * disturbs all alike. Temporal is not asked: the start or the bell that follows costs the same behind any number of
 * rows, and `npm run bench` measures it.
 */
import postgres from 'postgres';
import type { PostgresServer } from '../../src/dev/postgres';
import { beside } from '../cpu';
import { round } from '../statistics';
import { type Size, writeCrowd } from './crowd';
import { behindBacklog, costs, cpuOf, type Sample, sampleOf, type Site } from './dispatch-sample';
import { type Kind, KINDS, openDesk, peopleFor, tidy, timed } from './dispatching';
import { createDatabase, withPostgres } from './own-postgres';
import { noteTaker, type PartOptions } from './part';
import { COUNTED, rowsRead } from './rows-read';

interface Plan {
  readonly sizes: readonly Size[];
  /** Of each kind, in each round. */
  readonly events: number;
  /** Rows of the outbox before the relay. */
  readonly backlog: number;
}

const FULL: Plan = {
  sizes: [
    { workflows: 10, waiting: 1_000 },
    { workflows: 1_000, waiting: 1_000 },
    { workflows: 10, waiting: 100_000 },
    { workflows: 1_000, waiting: 100_000 },
  ],
  events: 75,
  backlog: 100_000,
};
const QUICK: Plan = {
  sizes: [
    { workflows: 4, waiting: 20 },
    { workflows: 8, waiting: 200 },
  ],
  events: 5,
  backlog: 1_000,
};

export async function measureDispatch(options: PartOptions): Promise<object> {
  const { quick, say } = options;
  const plan = quick ? QUICK : FULL;
  const note = noteTaker(quick);
  return withPostgres(async (server) => {
    const sites: Site[] = [];
    try {
      for (const size of plan.sizes) {
        say(`Writing ${size.workflows} workflows and ${size.waiting} waiting rows`);
        sites.push(await openSite(server, size));
      }
      const read = new Map(await Promise.all(sites.map(readingOf)));
      const own = () => Object.values(cpuOf(server)).reduce((sum, each) => sum + each, 0);
      const { result, otherCores } = await beside(own, () =>
        inTurns(server, sites, plan.events, options),
      );
      const sizes = sites.map(({ name }) => [name, figuresOf(result, name, read.get(name))]);
      const backlog = await behindLong(server, sites, plan);
      return { sizes: Object.fromEntries(sizes), backlog, note: note(otherCores) };
    } finally {
      await Promise.all(sites.map(close));
    }
  });
}

/** At the largest size. */
async function behindLong(server: PostgresServer, sites: readonly Site[], plan: Plan) {
  const largest = sites.at(-1);
  return largest && behindBacklog(server, largest, plan.backlog, plan.events);
}

async function openSite(server: PostgresServer, size: Size): Promise<Site> {
  const name = `${size.workflows}x${size.waiting}`;
  const url = await createDatabase(server.url, name);
  const crowd = await writeCrowd(url, size);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  return { name, url, crowd, sql, desk: await openDesk(url, crowd, 'relay') };
}

async function close({ desk, sql }: Site): Promise<void> {
  await Promise.all([desk.close(), sql.end()]);
}

type Reading = Readonly<Record<Kind, { readonly rows: number; readonly sequential: number }>>;

/** Enough that PostgreSQL has chosen its plan for good. */
const READ_BY = 20;

/** Rows that are read for one event of each kind. */
async function readingOf({ name, url, crowd, sql }: Site): Promise<[string, Reading]> {
  const found: [Kind, Reading[Kind]][] = [];
  for (const kind of KINDS) {
    const people = await peopleFor(sql, crowd, kind, READ_BY);
    const { rows, sequential } = await rowsRead(sql, async () => {
      const desk = await openDesk(url, crowd, COUNTED);
      await timed(people, (id) => desk.store(kind, id));
      await timed(people, () => desk.dispatch(kind));
      await desk.close();
    });
    const each = (count: number) => round(count / READ_BY, 1);
    found.push([kind, { rows: each(rows), sequential: each(sequential) }]);
    await tidy(sql);
  }
  return [name, Object.fromEntries(found) as Reading];
}

type Samples = ReadonlyMap<string, Readonly<Record<Kind, readonly Sample[]>>>;

async function inTurns(
  server: PostgresServer,
  sites: readonly Site[],
  events: number,
  { rounds, say }: PartOptions,
): Promise<Samples> {
  const kept = new Map(
    sites.map(({ name }) => [name, { unheard: [], heard: [], entered: [] } as Kept]),
  );
  // The first round compiles and plans.
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'Warming up' : `Round ${round} of ${rounds}`);
    for (const site of sites) {
      for (const kind of KINDS) {
        const sample = await sampleOf(server, site, kind, events);
        if (round > 0) kept.get(site.name)?.[kind].push(sample);
      }
    }
  }
  return kept;
}

type Kept = Record<Kind, Sample[]>;

function figuresOf(samples: Samples, name: string, read: Reading | undefined): object {
  const kinds = KINDS.map((kind) => {
    const rounds = samples.get(name)?.[kind] ?? [];
    const figures = {
      ...costs(
        rounds.map(({ dispatching }) => dispatching),
        rounds.flatMap(({ dispatchedMs }) => dispatchedMs),
      ),
      stored: costs(
        rounds.map(({ storing }) => storing),
        rounds.flatMap(({ storedMs }) => storedMs),
      ),
      rowsRead: read?.[kind].rows,
      rowsScanned: read?.[kind].sequential,
    };
    return [kind, figures];
  });
  return Object.fromEntries(kinds) as object;
}
