import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

const MINUTE = 60_000;
const paid = (at: number, properties = {}) => ({ at, event: { type: 'cart.paid', properties } });
const config = { event: 'cart.paid', timeout: '1h' };

it('goes on at the moment the event arrives', async () => {
  const { steps } = await runNode('wait_for_event', config, { script: [paid(START + MINUTE)] });
  expect(steps).toMatchObject([{ port: 'received', endedAt: START + MINUTE }]);
});

it('times out at the deadline', async () => {
  const { steps } = await runNode('wait_for_event', config);
  expect(steps).toMatchObject([{ port: 'timed_out', endedAt: START + 60 * MINUTE }]);
});

it.each([
  ['at the very deadline', 60 * MINUTE, 'received'],
  ['a moment behind it', 60 * MINUTE + 1, 'timed_out'],
])('judges an event %s', async (_title, after, port) => {
  const { steps } = await runNode('wait_for_event', config, { script: [paid(START + after)] });
  expect(steps).toMatchObject([{ port }]);
});

it('looks no further back than the enrollment', async () => {
  const { steps } = await runNode('wait_for_event', config, { script: [paid(START - 1)] });
  expect(steps).toMatchObject([{ port: 'timed_out' }]);
});

it('waits for an event that the filter accepts', async () => {
  const filter = [{ field: 'event.total', operator: '>', value: 100 }];
  const { steps } = await runNode(
    'wait_for_event',
    { ...config, filter },
    { script: [paid(START + 1, { total: 40 }), paid(START + 2, { total: 140 })] },
  );
  expect(steps).toMatchObject([{ port: 'received', endedAt: START + 2 }]);
});

it('finds an event whose doorbell never rang', async () => {
  const { steps } = await runNode('wait_for_event', config, {
    script: [{ ...paid(START + MINUTE), unheard: true }],
  });
  expect(steps).toMatchObject([{ port: 'received', endedAt: START + 60 * MINUTE }]);
});

it('needs an event and a timeout', () => {
  expect(problemsOf('wait_for_event', {})).toHaveLength(2);
});
