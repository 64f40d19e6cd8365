import { createEvaluators } from '../../src/evaluate/evaluators';
import { limited, type MessageLimits, quietHours } from '../../src/journey/message-limits';
import { at, factsOf } from '../evaluate/facts';

const NIGHT: MessageLimits = { quietHours: quietHours.parse({ from: '22:00', to: '08:00' }) };
const LATE = at('2026-03-28T22:30:00Z');

test('quiet hours end by her own clock, on the night it is put forward too', async () => {
  const facts = factsOf({ at: LATE });
  const found = await limited(NIGHT, 'email', facts, createEvaluators(), async () => []);
  const until = at('2026-03-29T06:00:00Z');
  expect(found).toEqual({ reason: 'quiet_hours', until, isDeferred: true });
  const morning = factsOf({ at: until });
  expect(await limited(NIGHT, 'email', morning, createEvaluators(), async () => [])).toBeNull();
});

test('a cap asks for its channel, or for all', async () => {
  const asked: (string | null)[] = [];
  const judge = (cap: object) =>
    limited(
      { frequencyCap: { max: 1, per: 1_000, onCap: 'drop', ...cap } },
      'email',
      factsOf({ at: LATE }),
      createEvaluators(),
      async (channel, after) => {
        asked.push(channel);
        expect(after).toBe(LATE - 1_000);
        return [LATE - 400];
      },
    );
  expect(await judge({})).toEqual({ reason: 'capped', until: LATE + 600, isDeferred: false });
  expect(await judge({ channel: 'email', onCap: 'defer' })).toMatchObject({ isDeferred: true });
  expect(await judge({ channel: 'sms' })).toBeNull();
  expect(asked).toEqual([null, 'email']);
});

test.each([
  [{ from: '09:00', to: '09:00' }, false],
  [{ from: '09:00', to: '09:00', days: ['sunday'] }, true],
  [{ from: '22:00', to: '08:00' }, true],
])('quiet hours must end: %j', (window, isAccepted) => {
  expect(quietHours.safeParse(window).success).toBe(isAccepted);
});
