import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

it('ends the path, and with the last one the enrollment', async () => {
  const { status, endedAt, steps } = await runNode('end', {});
  expect({ status, endedAt }).toEqual({ status: 'completed', endedAt: START });
  expect(steps).toMatchObject([{ status: 'completed', port: null }]);
});

it('has no settings', () => {
  expect(problemsOf('end', { reason: 'x' })).not.toEqual([]);
});
