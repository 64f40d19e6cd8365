/** What validation lets pass, the interpreter can run: it ends, and visits follow edges. */
import fc from 'fast-check';
import type { Definition } from '../../src/journey/definition';
import { indexGraph } from '../../src/journey/graph';
import type { Simulation } from '../../src/journey/simulation';
import { parseDefinition } from '../../src/language/parse-definition';
import { GraphCoverage } from '../support/graph-coverage';
import { definitionOf, playRandom, strayVisits } from '../support/play-random';
import { MOST_EVENTS, randomJourney } from '../support/random-graph';
import { savedJourneys } from '../support/saved-journeys';
import { START } from '../support/simulator';
import { wildJourney } from '../support/wild-graph';

const RUNS = Number(process.env.RANDOM_RUNS ?? 2_000);
/** The same in every run, so that a change is to blame for a failure; RANDOM_SEED explores. */
const SEED = Number(process.env.RANDOM_SEED ?? 20_261);
/** As a failure prints it, to begin where it was found. */
const { RANDOM_PATH } = process.env;
const again = { seed: SEED, ...(RANDOM_PATH === undefined ? {} : { path: RANDOM_PATH }) };
const LONG = 600_000;

/**
 * Whether a cycle was gone through without waiting. Events may cut a few waits short at once, and forks
 * without a join may well send many paths to one node.
 */
function spun({ nodes, settings }: Definition, { error, endedAt }: Simulation): boolean {
  const forks = nodes.some(({ type }) => type === 'parallel');
  const isPatient = settings.visitLimit > MOST_EVENTS + 2;
  return !forks && isPatient && error?.code === 'step.visit_limit' && endedAt === START;
}

test('a journey on which something went wrong once ends, and its visits follow edges', async () => {
  for (const { about, journey } of savedJourneys()) {
    const graph = indexGraph(definitionOf(journey));
    const result = await playRandom(graph, journey);
    expect({ about, stray: strayVisits(graph, result) }).toEqual({ about, stray: [] });
    expect(result.status).not.toBe('waiting');
  }
});

test(
  'any valid random graph ends, its visits follow edges, and nearly every port takes part',
  async () => {
    const coverage = new GraphCoverage();
    await fc.assert(
      fc.asyncProperty(randomJourney(), async (journey) => {
        const graph = indexGraph(definitionOf(journey));
        const result = await playRandom(graph, journey);
        coverage.note(graph, result.steps);
        expect(result.status).not.toBe('waiting');
        expect(result.steps.length).toBeGreaterThan(0);
        expect(strayVisits(graph, result)).toEqual([]);
      }),
      { numRuns: RUNS, ...again },
    );
    const { types, ports, missing } = coverage.report();
    expect({ enough: types >= 0.9 && ports >= 0.9, missing }).toEqual({ enough: true, missing });
  },
  LONG,
);

test(
  'a graph changed at random is refused, or ends like any other and never spins',
  async () => {
    const seen = { refused: 0, played: 0 };
    await fc.assert(
      fc.asyncProperty(wildJourney(), async (journey) => {
        const { definition, errors } = parseDefinition(journey.input);
        if (definition === null) {
          seen.refused += 1;
          expect(errors.length).toBeGreaterThan(0);
          return;
        }
        seen.played += 1;
        const graph = indexGraph(definition);
        const result = await playRandom(graph, journey);
        expect(result.status).not.toBe('waiting');
        expect(strayVisits(graph, result)).toEqual([]);
        expect(spun(definition, result)).toBe(false);
      }),
      { numRuns: RUNS, ...again },
    );
    expect(seen.refused).toBeGreaterThan(RUNS / 10);
    expect(seen.played).toBeGreaterThan(RUNS / 10);
  },
  LONG,
);
