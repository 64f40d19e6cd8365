/** What a dry run makes of a mail whose fate nobody knows: the same as `test/workflows/doubts.test.ts` on real servers. */
import { indexGraph } from '../../src/journey/graph';
import { simulate } from '../../src/journey/simulate';
import type { SimulationInput } from '../../src/journey/simulation';
import { define } from '../support/define';
import { simulation, START } from '../support/simulator';

const HOUR = 3_600_000;
const LOST = { error: { code: 'email.unknown' } };

const run = (data: object, script: SimulationInput['script'] = []) =>
  simulate(
    indexGraph(
      define({
        nodes: {
          mail: [
            'send_email',
            { subject: 'Hi', text: 'Hi', ...data },
            { retry: { maxAttempts: 1 } },
          ],
          tag: ['add_tag', { tag: 'behind' }],
        },
      }),
    ),
    simulation({ mocks: { mail: LOST }, script }),
  );
const told = ({ status, sends, steps }: Awaited<ReturnType<typeof run>>) => ({
  status,
  sends: sends.map(({ at }) => at - START),
  steps: steps.map(({ nodeId, port, code }) => [nodeId, port, code]),
});
const behind = ['tag', 'next', 'tag.added'];

test('continue goes on, and shows no mail', async () => {
  expect(told(await run({ onUnknown: 'continue' }))).toEqual({
    ...{ status: 'completed', sends: [] },
    steps: [['mail', 'next', 'send.unknown'], behind],
  });
});

test('a transactional mail is sent once more', async () => {
  expect(told(await run({ purpose: 'transactional' }))).toEqual({
    ...{ status: 'completed', sends: [0] },
    steps: [['mail', 'next', 'send.sent'], behind],
  });
});

test('marketing is held until an event proves it, and for ever without one', async () => {
  const event = (type: string, hours: number) => ({ at: START + hours * HOUR, event: { type } });
  const held = { status: 'waiting', sends: [], steps: [['mail', null, null]] };
  expect(told(await run({}))).toEqual(held);
  expect(told(await run({}, [event('cart.paid', 1), event('email.unsubscribed', 2)]))).toEqual(
    held,
  );
  expect(told(await run({}, [event('email.delivered', 3)]))).toEqual({
    ...{ status: 'completed', sends: [3 * HOUR] },
    steps: [['mail', 'next', 'send.sent'], behind],
  });
});

test('a notification is sent once more', async () => {
  const tell = { channel: 'email', to: 'sales@example.com', text: 'A lead' };
  const graph = indexGraph(define({ nodes: { mail: ['send_notification', tell] } }));
  expect(told(await simulate(graph, simulation({ mocks: { mail: LOST } })))).toEqual({
    ...{ status: 'completed', sends: [0] },
    steps: [['mail', 'next', 'send.sent']],
  });
});
