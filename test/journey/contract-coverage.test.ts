/** The contract of the runtimes speaks of every node type and of every port. */
import { indexGraph } from '../../src/journey/graph';
import { cases } from '../runtime.suite';
import { GraphCoverage } from '../support/graph-coverage';
import { simulateCase } from '../support/simulator';

test('every node type and port is gone through by a case that both runtimes play', async () => {
  const coverage = new GraphCoverage();
  for (const [scenario] of Object.values(cases)) {
    const { steps } = await simulateCase({ ...scenario, continueOften: false });
    coverage.note(indexGraph(scenario.definition), steps);
  }
  expect(coverage.report().missing).toEqual([]);
});
