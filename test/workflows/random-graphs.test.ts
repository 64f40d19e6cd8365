/**
 * Random journeys go the same way on Temporal, PostgreSQL, SMTP and HTTP as in the simulator; what is compared,
 * and how, says compare-worlds.ts.
 *
 * RANDOM_SEED and RANDOM_INDEX play one journey again; what a failure prints goes into
 * test/random-journeys.json, which every run plays first.
 */
import fc from 'fast-check';
import { indexGraph } from '../../src/journey/graph';
import {
  differences,
  liveWorld,
  orders,
  sameWorld,
  simulatedWorld,
} from '../support/compare-worlds';
import { GraphCoverage } from '../support/graph-coverage';
import { leave, playTogether, TimeStandsStill, traces } from '../support/play-on-temporal';
import type { Playable, Traveller } from '../support/play-on-temporal';
import { definitionOf, playRandom } from '../support/play-random';
import { randomJourney, type RandomJourney } from '../support/random-graph';
import { savedJourneys } from '../support/saved-journeys';
import { beginning, type Staged, staged } from '../support/stage-random';
import { findTestServer } from '../support/time-skipping';
import { openStage, type Stage } from '../support/virtual-stage';

const RUNS = Number(process.env['RANDOM_LIVE_RUNS'] ?? 100);
/** The same in every run, so that a change is to blame for a difference; another one explores. */
const SEED = Number(process.env['RANDOM_SEED'] ?? 20_261);
const ONLY = process.env['RANDOM_INDEX'];
/** People under way at once. */
const TOGETHER = 5;
const LONG = 600_000;
const MOST_UNPLAYED = 3;

const executable = findTestServer();

(executable === null ? describe.skip : describe)('on Temporal under skipped time', () => {
  let stage: Stage | null = null;
  /** Journeys that the test server cannot play; see calm-database.ts. */
  const unplayed: string[] = [];
  const coverage = new GraphCoverage();

  afterAll(() => stage?.close(), LONG);

  test(
    'saved journeys go the same way in both worlds',
    async () => {
      const journeys = savedJourneys().map(
        ({ journey }, index) => [`saved${index}`, journey] as const,
      );
      expect(await compareAll(journeys)).toEqual([]);
    },
    LONG,
  );

  test(
    `${RUNS} random journeys go the same way in both worlds`,
    async () => {
      const all = fc
        .sample(randomJourney(), { seed: SEED, numRuns: RUNS })
        .map((journey, index) => [`n${index}`, journey] as const);
      const chosen = ONLY === undefined ? all : all.filter(([name]) => name === `n${ONLY}`);
      expect(await compareAll(chosen)).toEqual([]);
      if (chosen.length < 100) return;
      const { types, ports, missing } = coverage.report();
      const enough = types >= 0.9 && ports >= 0.75;
      expect({ enough, missing }).toEqual({ enough: true, missing });
    },
    LONG,
  );

  /** What went differently, in words. */
  async function compareAll(
    journeys: readonly (readonly [name: string, RandomJourney])[],
  ): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (let first = 0; first < journeys.length; first += TOGETHER)
      wrong.push(...(await compareGroup(journeys.slice(first, first + TOGETHER))));
    return wrong;
  }

  async function compareGroup(
    group: readonly (readonly [name: string, RandomJourney])[],
  ): Promise<readonly string[]> {
    stage ??= await open();
    const here = stage;
    const year = new Date(await here.env.currentTimeMs()).getUTCFullYear() + 1;
    const journeys = group.map(([name, journey]) => {
      const one = staged(journey, { name, year, httpUrl: here.httpUrl, target: here.target });
      for (const [path, answer] of one.answers) here.answers.set(path, answer);
      return one;
    });
    try {
      return await playAndCompare(here, journeys, beginning(year));
    } catch (error) {
      if (!(error instanceof TimeStandsStill) || unplayed.length > MOST_UNPLAYED) throw error;
      stage = null;
      await here.close();
      return playAlone(group);
    }
  }

  /** One of them has stopped the server: the others play on another, each for itself. */
  async function playAlone(group: Parameters<typeof compareGroup>[0]): Promise<readonly string[]> {
    if (group.length === 1) {
      unplayed.push(...group.map(([name]) => name));
      return [];
    }
    const wrong: string[] = [];
    for (const each of group) wrong.push(...(await compareGroup([each])));
    return wrong;
  }

  function open(): Promise<Stage> {
    if (executable === null) throw new Error('There is no server.');
    return openStage(executable);
  }

  async function playAndCompare(
    { world, env }: Stage,
    group: readonly Staged[],
    startAt: number,
  ): Promise<readonly string[]> {
    const wrong: string[] = [];
    const playable = group.map((each) => ({ ...each, definition: definitionOf(each), startAt }));
    for (const traveller of await playTogether(world, env, playable)) {
      const said = await compareOne(traveller);
      await leave(world, traveller);
      if (said.length > 0) wrong.push([howToRepeat(traveller.journey), ...said].join('\n'));
    }
    return wrong;
  }

  /** The differences from what the simulator does, whatever it does first at one instant. */
  async function compareOne(traveller: Traveller<Staged & Playable>): Promise<readonly string[]> {
    const graph = indexGraph(traveller.journey.definition);
    const live = await traces(traveller);
    coverage.note(
      graph,
      live.steps.map((step) => ({ ...step, endedAt: step.endedAt?.getTime() ?? null })),
    );
    const there = liveWorld(live);
    let first: readonly string[] | null = null;
    for (const evaluators of orders()) {
      const same = { ...sameWorld(traveller), evaluators };
      const simulated = await playRandom(graph, traveller.journey, same);
      const said = differences(there, simulatedWorld(simulated));
      if (said.length === 0) return [];
      first ??= said;
    }
    return first ?? [];
  }
});

function howToRepeat(staging: Staged): string {
  const { name } = staging;
  const journey = { ...staging, name: undefined, answers: undefined, definition: undefined };
  const again = `RANDOM_SEED=${SEED} RANDOM_INDEX=${name.slice(1)}`;
  return `${name} goes another way (${again}; staged: ${JSON.stringify(journey)})`;
}
