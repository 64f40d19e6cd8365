/**
 * Records the golden histories anew: plays every case of the runtime contract on real servers.
 *
 * With `--commands` it plays nothing: it writes down anew what the recorded ones command today, as when an option
 * that replay does not compare has changed. Read the difference in either case.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { version } from '../package.json';
import type { Definition } from '../src/journey/definition';
import type { Case } from '../test/runtime-cases/case';
import { cases } from '../test/runtime.suite';
import { historiesOf } from '../test/support/executions';
import {
  createReplay,
  goldenFiles,
  type GoldenHistory,
  HISTORIES,
  readGolden,
  type Replay,
} from '../test/support/histories';
import { type Journeys, startJourneys } from '../test/support/journeys';
import { playJob } from '../test/support/play-job';
import { runOnTemporal } from '../test/support/run-on-temporal';
import { DESK } from '../test/support/server-address';
import { openServerDesk } from '../test/support/server-desk';

async function rewriteCommands(): Promise<void> {
  const replay = await createReplay();
  for (const file of goldenFiles()) {
    const golden = readGolden(file);
    write(path.join(HISTORIES, file), { ...golden, commands: await replay(golden) });
  }
}

async function recordAll(): Promise<void> {
  const desk = await openServerDesk();
  process.env[DESK] = desk.url;
  const world = await startJourneys();
  const folder = path.join(HISTORIES, `v${version}`);
  try {
    const replay = await createReplay();
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const played = await Promise.all(
      Object.entries(cases).flatMap(([title, [scenario]]) =>
        [false, true].map((continueOften) => play(world, title, { ...scenario, continueOften })),
      ),
    );
    played.push({ ...(await playJob(world)), name: 'job', title: 'a job for many' });
    // One replay after the other: each is a worker of its own.
    for (const one of played) await record(replay, folder, one);
  } finally {
    await world.close();
    await desk.close();
  }
}

interface Played {
  readonly name: string;
  readonly title: string;
  readonly workflowId: string;
  readonly definition: Definition;
  readonly runs: readonly GoldenHistory['history'][];
}

async function play(world: Journeys, title: string, scenario: Case): Promise<Played> {
  const { enrollment } = await runOnTemporal(world, scenario);
  const { temporalWorkflowId: workflowId } = enrollment;
  const { definition, continueOften } = scenario;
  const name =
    title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase() + (continueOften ? '-again' : '');
  const runs = await historiesOf(world.client, workflowId);
  return { name, title, workflowId, definition, runs };
}

async function record(
  replay: Replay,
  folder: string,
  { name, title, workflowId, definition, runs }: Played,
): Promise<void> {
  for (const [index, history] of runs.entries()) {
    const commands = await replay({ workflowId, definition, history });
    const golden: GoldenHistory = { title, workflowId, definition, commands, history };
    const suffix = runs.length > 1 ? `-${index + 1}` : '';
    write(path.join(folder, `${name}${suffix}.json`), golden);
  }
}

/** Stack traces of failures name the folder in which they were recorded. */
const ROOT = path.join(__dirname, '..') + path.sep;

function write(file: string, golden: GoldenHistory): void {
  writeFileSync(file, `${JSON.stringify(golden, null, 1).replaceAll(ROOT, '')}\n`);
}

void (process.argv.includes('--commands') ? rewriteCommands() : recordAll());
