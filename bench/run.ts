/**
 * `npm run bench`: the interpreter beside the same journey written by hand, side by side in one run.
 *
 * `--quick` takes about a minute and is good for a check, not for figures. `--only=interpreted` runs
 * the rounds of one variant and nothing else, and `--profile=folder` keeps the worker's CPU profiles.
 */
process.env['TZ'] ??= 'UTC';
process.env['LOG_LEVEL'] ??= 'warn';

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assertMeasurable } from './cpu';
import { footprint, type Footprint } from './histories';
import { largeJourney, smallJourney, STEPS } from './journeys';
import { highestLoad, steadyLoad } from './load';
import { table } from './report';
import { type LoadMeasured, type Measurements, resultsOf, type Variant, VARIANTS } from './results';
import {
  type Bench,
  type Cpu,
  crowdedBy,
  emptyRound,
  type Flock,
  idleRate,
  journeyRound,
  type Round,
} from './rounds';
import { startStack } from './stack';
import { median } from './statistics';
import { BY_HAND_KEY, openWorld } from './world';

const RESULTS = join(__dirname, 'results.json');

const FULL = {
  rounds: 5,
  size: 20,
  paceMs: 120,
  crowd: 60,
  warmUpMs: 5_000,
  maximumMs: 15_000,
  steadyMs: 35_000,
};
type Plan = typeof FULL;
const QUICK: Plan = {
  ...FULL,
  rounds: 2,
  size: 8,
  warmUpMs: 2_000,
  maximumMs: 5_000,
  steadyMs: 8_000,
};
/** The first passages compile the code; they may queue. */
const WARM_UP_PACE_MS = 30;

type Workflows = Readonly<Record<Exclude<Variant, 'empty'>, string>>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  assertMeasurable();
  const only = values.only === undefined ? VARIANTS : VARIANTS.filter((it) => it === values.only);
  if (only.length === 0) throw new Error(`--only is one of ${VARIANTS.join(', ')}.`);
  const profile = values.profile === undefined ? null : resolve(values.profile);
  if (profile !== null) mkdirSync(profile, { recursive: true });
  const plan = values.quick ? QUICK : FULL;
  say('Starting PostgreSQL, Temporal, the mail catcher and the worker');
  const stack = await startStack(profile);
  const interrupted = () => {
    void stack.stop().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  try {
    const world = await openWorld(stack);
    try {
      await measure({ stack, world }, plan, only, values.quick);
    } finally {
      await world.close();
    }
  } finally {
    process.off('SIGINT', interrupted);
    await stack.stop();
  }
}

async function measure(
  bench: Bench,
  plan: Plan,
  variants: readonly Variant[],
  quick: boolean,
): Promise<void> {
  const { world } = bench;
  const workflows: Workflows = {
    handWritten: await world.publish(smallJourney(BY_HAND_KEY)),
    interpreted: await world.publish(smallJourney('interpreted')),
    largeGraph: await world.publish(largeJourney('large-graph')),
  };
  const sideBySide = await crowdedBy(bench, () => runRounds(bench, plan, variants, workflows));
  const rounds = sideBySide.result;
  if (variants.length < VARIANTS.length) {
    for (const name of variants) say(`${name}: ${JSON.stringify(medianCpu(rounds[name]))}`);
    return;
  }
  const load = await underLoad(bench, plan, workflows.interpreted);
  const footprints = await footprintsOf(bench, rounds);
  const { rounds: count, size: enrollmentsPerRound } = plan;
  const samples = { rounds: count, enrollmentsPerRound, quick, otherCores: sideBySide.otherCores };
  const results = resultsOf({ rounds, footprints, load, samples });
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  say(`\n${table(results)}\n\nWritten to ${relative(process.cwd(), RESULTS)}`);
}

async function underLoad(bench: Bench, plan: Plan, workflowId: string): Promise<LoadMeasured> {
  const { world } = bench;
  const { crowd, warmUpMs, maximumMs, steadyMs } = plan;
  say(`Highest load, ${crowd} under way`);
  const most = { workflowId, crowd, warmUpMs, measureMs: maximumMs };
  const highestPerSecond = await highestLoad(world, most);
  const perSecond = highestPerSecond / STEPS / 2;
  say(`Half of it: ${perSecond.toFixed(1)} enrollments a second`);
  const half = { workflowId, perSecond, forMs: steadyMs, warmUpMs };
  const { result, otherCores } = await crowdedBy(bench, () => steadyLoad(world, half));
  return { highestPerSecond, steady: result, perSecond, otherCores };
}

/** A B C D A B C D, so that whatever disturbs the machine disturbs all alike. */
async function runRounds(
  bench: Bench,
  { rounds, size, paceMs }: Plan,
  variants: readonly Variant[],
  workflows: Workflows,
): Promise<Measurements['rounds']> {
  const kept: Record<Variant, Round[]> = {
    empty: [],
    handWritten: [],
    interpreted: [],
    largeGraph: [],
  };
  const run = (name: Variant, idle: Cpu, flock: Flock): Promise<Round> =>
    name === 'empty'
      ? emptyRound(bench, idle, flock)
      : journeyRound(bench, idle, { workflowId: workflows[name], ...flock });
  say('Warming up');
  const nothing: Cpu = { worker: 0, temporal: 0, postgres: 0, relay: 0 };
  for (const name of variants)
    await run(name, nothing, { size: 2 * size, paceMs: WARM_UP_PACE_MS });
  const idle = await idleRate(bench, 3_000);
  for (let round = 1; round <= rounds; round += 1) {
    say(`Round ${round} of ${rounds}`);
    for (const name of variants) kept[name].push(await run(name, idle, { size, paceMs }));
  }
  return kept;
}

function medianCpu(rounds: readonly Round[]): Record<string, string> {
  const parts = ['worker', 'temporal', 'postgres', 'relay'] as const;
  return Object.fromEntries(
    parts.map((part) => [part, median(rounds.map(({ cpu }) => cpu[part])).toFixed(2)]),
  );
}

const HISTORIES_PER_ROUND = 2;

async function footprintsOf(
  { world }: Bench,
  rounds: Measurements['rounds'],
): Promise<Measurements['footprints']> {
  const entries = VARIANTS.map(async (name) => {
    const ids = rounds[name].flatMap(({ executions }) => executions.slice(-HISTORIES_PER_ROUND));
    const read: Footprint[] = [];
    for (const id of ids) read.push(await footprint(world.client, id));
    return [name, read] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as unknown as Measurements['footprints'];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
