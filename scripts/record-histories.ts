/**
 * Records the golden histories anew: plays every case of the runtime contract on real servers, a job and an order.
 *
 * With `--new` it plays only those that this version has no history of, and leaves the others as they are. With
 * `--commands` it plays nothing: it writes down anew what the recorded ones command today, as when an option that
 * replay does not compare has changed. Read the difference in any case.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { version } from '../package.json';
import type { Case } from '../test/runtime-cases/case';
import { cases } from '../test/runtime.suite';
import { historiesOf, type PlayedWorkflow } from '../test/support/executions';
import {
  createReplay,
  goldenFiles,
  type GoldenHistory,
  HISTORIES,
  readGolden,
  type Replay,
} from '../test/support/histories';
import { type Journeys, startJourneys } from '../test/support/journeys';
import { playEntry } from '../test/support/play-entry';
import { playJob } from '../test/support/play-job';
import { runOnTemporal } from '../test/support/run-on-temporal';
import { DESK } from '../test/support/server-address';
import { openServerDesk } from '../test/support/server-desk';

/** What is played once, and recorded in one file for each of its runs. */
interface Play {
  readonly name: string;
  readonly title: string;
  play(world: Journeys): Promise<PlayedWorkflow>;
}

const FOLDER = `v${version}`;

async function rewriteCommands(): Promise<void> {
  const replay = await createReplay();
  for (const file of goldenFiles()) {
    const golden = readGolden(file);
    write(path.join(HISTORIES, file), { ...golden, commands: await replay(golden) });
  }
}

async function recordAll(): Promise<void> {
  await recordPlays(allPlays(), () =>
    rmSync(path.join(HISTORIES, FOLDER), { recursive: true, force: true }),
  );
}

async function recordNew(): Promise<void> {
  const recorded = new Set(goldenFiles());
  const isRecorded = ({ name }: Play) =>
    ['', '-1'].some((run) => recorded.has(path.join(FOLDER, `${name}${run}.json`)));
  await recordPlays(allPlays().filter((play) => !isRecorded(play)));
}

/** More at once would be late for each other. */
const SIDE_BY_SIDE = 60;

/** Plays them and writes what they left; `begin` runs when all have been played. */
async function recordPlays(plays: readonly Play[], begin = () => {}): Promise<void> {
  const desk = await openServerDesk();
  process.env[DESK] = desk.url;
  const world = await startJourneys();
  try {
    const replay = await createReplay();
    const played: (readonly [Play, PlayedWorkflow])[] = [];
    for (let from = 0; from < plays.length; from += SIDE_BY_SIDE) {
      const some = plays.slice(from, from + SIDE_BY_SIDE);
      played.push(
        ...(await Promise.all(some.map(async (play) => [play, await play.play(world)] as const))),
      );
    }
    begin();
    mkdirSync(path.join(HISTORIES, FOLDER), { recursive: true });
    // One replay after the other: each is a worker of its own.
    for (const [play, workflow] of played) await record(replay, play, workflow);
  } finally {
    await world.close();
    await desk.close();
  }
}

function allPlays(): readonly Play[] {
  const ofCases = Object.entries(cases).flatMap(([title, [scenario]]) =>
    [false, true].map((continueOften) => playOfCase(title, { ...scenario, continueOften })),
  );
  return [
    ...ofCases,
    { name: 'job', title: 'a job for many', play: playJob },
    { name: 'entry', title: 'an order to let somebody in', play: playEntry },
  ];
}

function playOfCase(title: string, scenario: Case): Play {
  const { definition, continueOften } = scenario;
  const name =
    title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase() + (continueOften ? '-again' : '');
  return {
    name,
    title,
    async play(world) {
      const { enrollment } = await runOnTemporal(world, scenario);
      const { temporalWorkflowId: workflowId } = enrollment;
      return { workflowId, definition, runs: await historiesOf(world.client, workflowId) };
    },
  };
}

async function record(
  replay: Replay,
  { name, title }: Play,
  { workflowId, definition, runs }: PlayedWorkflow,
): Promise<void> {
  for (const [index, history] of runs.entries()) {
    const commands = await replay({ workflowId, definition, history });
    const golden: GoldenHistory = { title, workflowId, definition, commands, history };
    const suffix = runs.length > 1 ? `-${index + 1}` : '';
    write(path.join(HISTORIES, FOLDER, `${name}${suffix}.json`), golden);
  }
}

/** Stack traces of failures name the folder in which they were recorded. */
const ROOT = path.join(__dirname, '..') + path.sep;

function write(file: string, golden: GoldenHistory): void {
  writeFileSync(file, `${JSON.stringify(golden, null, 1).replaceAll(ROOT, '')}\n`);
}

const WAYS: Readonly<Record<string, () => Promise<void>>> = {
  '--commands': rewriteCommands,
  '--new': recordNew,
};

const [way] = process.argv.slice(2);
const work = way === undefined ? recordAll : WAYS[way];
if (work === undefined)
  throw new Error(`There is no option ${way}. Give ${Object.keys(WAYS).join(' or ')}, or none.`);
void work();
