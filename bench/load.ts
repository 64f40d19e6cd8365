/** How much the machine can do, and how fast it answers at half of that. */
import { setTimeout as sleep } from 'node:timers/promises';
import { allEnded, enter, type Latencies, latencies, look, type Passage, ring } from './passages';
import type { World } from './world';

const TICK_MS = 50;
/** When the event follows the start at half load: after the first wait and the mail, before any timeout. */
const EVENT_AFTER_MS = 2_500;
const EVENT_SPREAD_MS = 500;

export interface LoadOptions {
  readonly workflowId: string;
  /** Passages under way at once. */
  readonly crowd: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Steps written per second while as many people as `crowd` are always under way. */
export async function highestLoad(world: World, options: LoadOptions): Promise<number> {
  const { workflowId, crowd, warmUpMs, measureMs } = options;
  const measureFrom = Date.now() + warmUpMs;
  const stopAt = measureFrom + measureMs;
  let underWay: Passage[] = [];
  while (Date.now() < stopAt) {
    const tick = sleep(TICK_MS);
    const { listening, ended } = await look(world, underWay);
    underWay = underWay.filter((passage) => !ended.has(passage));
    const unheard = listening.filter(({ acceptedAt }) => acceptedAt === null);
    const [entered] = await Promise.all([
      enterMany(world, workflowId, crowd - underWay.length),
      ...unheard.map((passage) => ring(world, passage)),
    ]);
    underWay.push(...entered);
    await tick;
  }
  const written = await writtenBetween(world, measureFrom, stopAt);
  await drain(world, underWay);
  return (written / measureMs) * 1_000;
}

async function enterMany(world: World, workflowId: string, count: number): Promise<Passage[]> {
  const contacts = await world.contacts(count);
  return Promise.all(contacts.map((contact) => enter(world, workflowId, contact)));
}

/** Lets everybody finish, so that the next measurement begins with an idle machine. */
async function drain(world: World, passages: readonly Passage[]): Promise<void> {
  let left = passages;
  while (left.length > 0) {
    const { listening, ended } = await look(world, left);
    const unheard = listening.filter(({ acceptedAt }) => acceptedAt === null);
    await Promise.all(unheard.map((passage) => ring(world, passage)));
    left = left.filter((passage) => !ended.has(passage));
    await sleep(TICK_MS);
  }
}

async function writtenBetween(world: World, from: number, to: number): Promise<number> {
  const [row] = await world.sql<{ count: number }[]>`
    select count(*)::int as count from steps
    where written_at between ${new Date(from)} and ${new Date(to)}`;
  return row?.count ?? 0;
}

/** Enrolls at an even rate, whatever the answers, and measures how soon events are answered. */
export async function steadyLoad(
  world: World,
  options: { workflowId: string; perSecond: number; forMs: number; warmUpMs: number },
): Promise<Latencies> {
  const { workflowId, perSecond, forMs, warmUpMs } = options;
  const interval = 1_000 / perSecond;
  const count = Math.ceil((forMs + warmUpMs) / interval);
  const contacts = await world.contacts(count);
  const startedAt = Date.now();
  const passing = contacts.map(async (contact, index) => {
    await sleep(index * interval);
    const passage = await enter(world, workflowId, contact);
    // Spread by position instead of chance, so that runs are alike.
    await sleep(EVENT_AFTER_MS + ((index * 7) % 10) * (EVENT_SPREAD_MS / 10));
    await ring(world, passage);
    return { passage, at: index * interval };
  });
  const passed = await Promise.all(passing);
  const measured = passed.filter(({ at }) => at >= warmUpMs).map(({ passage }) => passage);
  await allEnded(
    world,
    passed.map(({ passage }) => passage),
  );
  if (Date.now() - startedAt > 3 * (forMs + warmUpMs + EVENT_AFTER_MS))
    throw new Error('The machine could not follow half of its own highest load: it is busy.');
  return latencies(world, measured);
}
