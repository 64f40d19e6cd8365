/**
 * The library's journeys go the same way on Temporal, PostgreSQL and SMTP as in their own tests: the same YAML,
 * simulated and run; what is compared, and how, says compare-worlds.ts.
 *
 * LIBRARY_ONLY plays the tests whose journey and name contain it.
 */
import { indexGraph } from '../../src/journey/graph';
import { differences, liveWorld, sameWorld, simulatedWorld } from '../support/compare-worlds';
import { playTogether, TimeStandsStill, traces, type Traveller } from '../support/play-on-temporal';
import { playRandom } from '../support/play-random';
import { CYCLE_YEARS, libraryTests, type LibraryTest, onTime } from '../support/stage-library';
import { findTestServer, type TestServerProgram } from '../support/time-skipping';
import { openStage } from '../support/virtual-stage';

const LONG = 900_000;
/** Waits are hours and days; what many do at one instant takes real servers some seconds. */
const SLACK_MS = 120_000;
const ONLY = process.env['LIBRARY_ONLY'] ?? '';

const executable = findTestServer();

(executable === null ? describe.skip : describe)('on Temporal under skipped time', () => {
  let played: readonly Played[] = [];

  beforeAll(async () => {
    if (executable === null) return;
    const all = await libraryTests(CYCLE_YEARS);
    const chosen = all.filter((each) => titleOf(each).includes(ONLY));
    played = await playAll(executable, chosen);
  }, LONG);

  test('every test of the library goes the way that the simulator says', () => {
    const wrong = played.filter(({ said }) => said.length > 0);
    expect(wrong).toEqual([]);
    if (ONLY === '') expect(played.length).toBeGreaterThanOrEqual(100);
  });
});

const titleOf = ({ key, name }: LibraryTest): string => `${key}: ${name}`;

interface Played {
  readonly title: string;
  readonly said: readonly string[];
}

/** More would be in each other's way at the instants at which many do something. */
const TOGETHER = 28;

async function playAll(executable: TestServerProgram, tests: readonly LibraryTest[]) {
  const played: Played[] = [];
  for (let first = 0; first < tests.length; first += TOGETHER)
    played.push(...(await playGroup(executable, tests.slice(first, first + TOGETHER))));
  return played;
}

/** Plays them at once; where the server's time stands still, each half on a server of its own. */
async function playGroup(
  executable: TestServerProgram,
  tests: readonly LibraryTest[],
): Promise<readonly Played[]> {
  const stage = await openStage(executable);
  try {
    const played: Played[] = [];
    for (const traveller of await playTogether(stage.world, stage.env, tests))
      played.push({ title: titleOf(traveller.journey), said: await compareOne(traveller) });
    return played;
  } catch (error) {
    if (!(error instanceof TimeStandsStill) || tests.length === 1) throw error;
  } finally {
    await stage.close();
  }
  const middle = Math.ceil(tests.length / 2);
  return [
    ...(await playGroup(executable, tests.slice(0, middle))),
    ...(await playGroup(executable, tests.slice(middle))),
  ];
}

/** The differences from what the simulator does, then and on time. */
async function compareOne(traveller: Traveller<LibraryTest>): Promise<readonly string[]> {
  const { journey } = traveller;
  const graph = indexGraph(journey.definition);
  const same = sameWorld(traveller);
  const live = liveWorld(await traces(traveller));
  const simulated = simulatedWorld(await playRandom(graph, journey, same));
  const test = onTime(journey);
  const exact = simulatedWorld(await playRandom(graph, test, { ...same, startAt: test.startAt }));
  return [
    ...differences(live, simulated, SLACK_MS),
    // A number that was computed from the clock may be another.
    ...differences({ ...live, variables: {} }, { ...exact, variables: {} }, SLACK_MS),
  ];
}
