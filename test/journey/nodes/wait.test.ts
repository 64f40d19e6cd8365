import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

const HOUR = 3_600_000;

it('ends exactly when the duration has passed', async () => {
  const { steps, status } = await runNode('wait', { for: '90 minutes' });
  expect(steps).toMatchObject([{ port: 'next', at: START, endedAt: START + 1.5 * HOUR }]);
  expect(status).toBe('completed');
});

it('is no wait when the duration is nothing', async () => {
  const { endedAt } = await runNode('wait', { for: '0s' });
  expect(endedAt).toBe(START);
});

it.each([
  ['30s', 30_000],
  ['1h30m', 1.5 * HOUR],
  ['P1DT2H', 26 * HOUR],
  ['P1W', 168 * HOUR],
  ['2d', 48 * HOUR],
  ['24 hours', 24 * HOUR],
])('reads %s', async (text, milliseconds) => {
  const { endedAt } = await runNode('wait', { for: text });
  expect(endedAt).toBe(START + milliseconds);
});

it.each(['366d', '-1h', '1 month', 'P1M', 'soon', '', 'P', 'PT'])('refuses %p', (text) => {
  expect(problemsOf('wait', { for: text })).not.toEqual([]);
});

it('keeps its deadline however often it is entered again', async () => {
  const { endedAt, steps } = await runNode(
    'wait',
    { for: '1 day' },
    {
      script: [1, 2, 3].map((hour) => ({ at: START + hour * HOUR, event: { type: 'noise' } })),
      continueAfter: (wakes) => wakes > 0,
    },
  );
  expect(endedAt).toBe(START + 24 * HOUR);
  expect(steps).toHaveLength(1);
});
