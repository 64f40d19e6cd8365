import { indexGraph } from '../../../src/journey/graph';
import { simulate } from '../../../src/journey/simulate';
import { define } from '../../support/define';
import { problemsOf, runNode } from '../../support/node';
import { ada, simulation, START } from '../../support/simulator';

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

const at = (text: string) => new Date(text).getTime();
const HOURS = (hours: number) => START + hours * HOUR;

describe('until a date', () => {
  it.each([
    ['a date-time with an offset', '2026-03-28T10:00:00+02:00', '2026-03-28T08:00:00Z'],
    ['a local date-time, in her zone', '2026-03-28T10:00', '2026-03-28T09:00:00Z'],
    ['a bare date, at her midnight', '2026-03-30', '2026-03-29T22:00:00Z'],
    ['milliseconds', at('2026-04-01T00:00:00Z'), '2026-04-01T00:00:00Z'],
    ['a year and more ahead', '2027-06-01', '2027-05-31T22:00:00Z'],
  ])('waits for %s', async (_title, until, end) => {
    const { steps } = await runNode('wait', { until });
    expect(steps).toMatchObject([{ port: 'next', code: 'wait.date_reached', endedAt: at(end) }]);
  });

  it('takes the zone of the journey, else of the workspace, when hers is not known', async () => {
    const contact = { ...ada, timeZone: 'Mars/Olympus' };
    const workspace = { timeZone: 'Asia/Tokyo', variables: {} };
    const until = '2026-03-30';
    const journey = await runNode('wait', { until }, { contact, workspace, timeZone: 'UTC' });
    const work = await runNode('wait', { until }, { contact, workspace });
    expect([journey.endedAt, work.endedAt]).toEqual([
      at('2026-03-30T00:00:00Z'),
      at('2026-03-29T15:00:00Z'),
    ]);
  });

  it.each([
    ['-2d', '2026-04-08T22:00:00Z'],
    ['3h', '2026-04-11T01:00:00Z'],
    [{ amount: -1, unit: 'weeks' }, '2026-04-03T22:00:00Z'],
  ])('adds the offset %j', async (offset, end) => {
    const { endedAt } = await runNode('wait', { until: '2026-04-11', offset });
    expect(endedAt).toBe(at(end));
  });

  it('is no wait when the date is past', async () => {
    const { endedAt } = await runNode('wait', { until: '2026-03-27', offset: '1h' });
    expect(endedAt).toBe(START);
  });

  const trial = (date: string | null) => ({
    ...ada,
    attributes: date === null ? {} : { trialEndsAt: date },
  });
  const moving = { until: '{{ contact.trialEndsAt }}', offset: '-1d' };
  const moves = (hour: number, date: string | null) => ({
    at: HOURS(hour),
    contact: { attributes: trial(date).attributes },
  });

  it.each([
    ['later', [moves(1, '2026-05-01')], '2026-04-29T22:00:00Z'],
    ['earlier', [moves(1, '2026-04-05')], '2026-04-03T22:00:00Z'],
    ['twice', [moves(1, '2026-06-01'), moves(48, '2026-04-05')], '2026-04-03T22:00:00Z'],
    ['into the past', [moves(1, '2026-01-01')], '2026-03-27T09:00:00Z'],
  ])('moves when the contact moves it %s', async (_title, script, end) => {
    const options = { contact: trial('2026-04-11'), script };
    const once = await runNode('wait', moving, options);
    const often = await runNode('wait', moving, {
      ...options,
      continueAfter: (wakes) => wakes > 0,
    });
    expect(once.steps).toMatchObject([{ code: 'wait.date_reached', endedAt: at(end) }]);
    expect(often).toEqual(once);
  });

  it('finds a move whose doorbell is late at the old deadline', async () => {
    const script = [{ ...moves(1, '2026-05-01'), unheard: true }];
    const { endedAt } = await runNode('wait', moving, { contact: trial('2026-04-11'), script });
    expect(endedAt).toBe(at('2026-04-29T22:00:00Z'));
  });

  it.each([
    [{}, { status: 'failed', error: { code: 'wait.no_date', message: 'null is no date' } }],
    [{ ifMissing: 'error' }, { status: 'failed' }],
    [{ ifMissing: 'continue' }, { status: 'completed', endedAt: START }],
    [{ ifMissing: 'exit' }, { status: 'exited', reason: 'wait.no_date', endedAt: START }],
  ])('with %j, when there is no date, ends as said', async (data, expected) => {
    expect(await runNode('wait', { ...moving, ...data })).toMatchObject(expected);
  });

  it('does what is said when the date goes away meanwhile', async () => {
    const result = await runNode(
      'wait',
      { ...moving, ifMissing: 'exit' },
      { contact: trial('2026-04-11'), script: [moves(5, null)] },
    );
    expect(result).toMatchObject({ status: 'exited', endedAt: HOURS(5) });
  });

  it('takes a text that is no date for a missing one', async () => {
    const result = await runNode('wait', { until: '{{ first_name }}' });
    expect(result.error).toMatchObject({ code: 'wait.no_date', message: '"Ada" is no date' });
  });
});

describe('until a time of day', () => {
  // The start is Friday, 09:00 in Berlin; the clocks go forward on Sunday at 02:00.
  it.each([
    [{ untilTime: '09:00' }, '2026-03-27T08:00:00Z'],
    [{ untilTime: '09:01' }, '2026-03-27T08:01:00Z'],
    [{ untilTime: '08:59' }, '2026-03-28T07:59:00Z'],
    [{ untilTime: '09:00', days: ['Monday'] }, '2026-03-30T07:00:00Z'],
    [{ untilTime: '02:30', days: ['sunday'] }, '2026-03-29T01:00:00Z'],
    [{ untilTime: '09:00', days: ['thursday'] }, '2026-04-02T07:00:00Z'],
    [{ untilTime: '09:00', timeZone: 'America/New_York' }, '2026-03-27T13:00:00Z'],
  ])('%j ends at %s', async (data, end) => {
    const { steps } = await runNode('wait', data);
    expect(steps).toMatchObject([{ port: 'next', code: 'wait.time_reached', endedAt: at(end) }]);
  });

  it.each([
    ['2026-03-27T08:00:59.999Z', '2026-03-27T08:00:59.999Z'],
    ['2026-03-27T08:01:00Z', '2026-03-28T08:00:00Z'],
  ])('from %s on is over at %s, as long as the clock shows it', async (startAt, end) => {
    const { endedAt } = await runNode('wait', { untilTime: '09:00' }, { startAt: at(startAt) });
    expect(endedAt).toBe(at(end));
  });

  it('says which zone counts where hers is unknown', async () => {
    const contact = { ...ada, timeZone: 'Mars/X' };
    const reason = 'time zone Mars/X is unknown, UTC counts';
    for (const data of [
      { untilTime: '09:00' },
      { until: '2026-03-28' },
      { window: { from: '09:00', to: '17:00' } },
    ])
      expect((await runNode('wait', data, { contact })).steps).toMatchObject([{ reason }]);
    const { steps } = await runNode('wait', { until: '2026-03-28T00:00:00Z' }, { contact });
    expect(steps).toMatchObject([{ reason: 'wait.date_reached' }]);
  });

  it('means the first of two times alike when the clocks go back', async () => {
    const { endedAt } = await runNode(
      'wait',
      { untilTime: '02:30' },
      { startAt: at('2026-10-24T20:00:00Z') },
    );
    expect(endedAt).toBe(at('2026-10-25T00:30:00Z'));
  });

  it('is the next occurrence on a second visit, and now on the first', async () => {
    const definition = define({
      nodes: {
        morning: ['wait', { untilTime: '09:00' }],
        count: ['update_score', { by: 1 }],
        ask: ['condition', { condition: [{ type: 'score', operator: '>=', value: 3 }] }],
      },
      edges: ['trigger -> morning', 'morning -> count', 'count -> ask', 'ask:false -> morning'],
    });
    const { steps } = await simulate(indexGraph(definition), simulation({}));
    const ends = steps.filter(({ nodeId }) => nodeId === 'morning').map(({ endedAt }) => endedAt);
    expect(ends).toEqual([START, HOURS(24), HOURS(47)]);
  });
});

describe('until a condition holds', () => {
  const config = {
    untilCondition: [{ type: 'score', operator: 'greater_than', value: 50 }],
    maxWait: '1d',
  };

  it('is met at once when it holds already', async () => {
    const { steps } = await runNode('wait', config, { contact: { ...ada, score: 51 } });
    expect(steps).toMatchObject([{ port: 'met', code: 'wait.met', endedAt: START }]);
  });

  it('is met when the contact changes', async () => {
    const script = [
      { at: HOURS(1), contact: { score: 50 } },
      { at: HOURS(2), contact: { score: 60 } },
    ];
    const { steps } = await runNode('wait', config, { script });
    expect(steps).toMatchObject([
      { port: 'met', reason: 'score 60 is greater_than 50', endedAt: HOURS(2) },
    ]);
  });

  it('times out with the reason why it does not hold', async () => {
    const { steps } = await runNode('wait', config);
    expect(steps).toMatchObject([
      { port: 'timed_out', reason: 'score 0 is not greater_than 50', endedAt: HOURS(24) },
    ]);
  });

  it('looks once more at the deadline, for a change whose doorbell is late', async () => {
    const script = [{ at: HOURS(2), contact: { score: 60 }, unheard: true }];
    const { steps } = await runNode('wait', config, { script });
    expect(steps).toMatchObject([{ port: 'met', endedAt: HOURS(24) }]);
  });

  it('is met by time alone', async () => {
    const contact = { ...ada, attributes: { seen: '2026-03-26T20:00:00Z' } };
    const older = [{ field: 'contact.seen', operator: 'older_than', value: '20h' }];
    const { steps } = await runNode('wait', { ...config, untilCondition: older }, { contact });
    expect(steps).toMatchObject([{ port: 'met', endedAt: HOURS(8) + 1 }]);
  });

  it('is met by an event, and by the end of the stretch in which one counts', async () => {
    const script = [{ at: HOURS(1), event: { type: 'email.opened' } }];
    const opened = { type: 'event', event: 'email.opened', within: '2h' };
    const wait = async (untilCondition: object) =>
      (await runNode('wait', { ...config, untilCondition }, { script })).steps[0];
    expect(await wait([opened])).toMatchObject({ port: 'met', endedAt: HOURS(1) });
    const silence = [
      { type: 'step', node: 'it' },
      { ...opened, operator: 'not_occurred' },
    ];
    expect(await wait(silence)).toMatchObject({ port: 'met', endedAt: START });
  });

  it('is met by a variable that another branch sets', async () => {
    const definition = define({
      nodes: {
        fork: ['parallel', { branches: ['a', 'b'] }],
        wait: [
          'wait',
          {
            untilCondition: [{ field: 'variables.ready', operator: 'equals', value: true }],
            maxWait: '1d',
          },
        ],
        pause: ['wait', { for: '2h' }],
        set: ['set_variable', { name: 'ready', value: true }],
        more: ['wait', { for: '5d' }],
      },
      edges: ['fork:a -> wait', 'fork:b -> pause', 'pause -> set', 'set -> more'],
    });
    const { steps } = await simulate(indexGraph(definition), simulation({}));
    const waited = steps.find(({ nodeId }) => nodeId === 'wait');
    expect(waited).toMatchObject({ port: 'met', endedAt: HOURS(2) });
  });
});

describe('a window', () => {
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
  const office = { days, from: '09:00', to: '17:30' };

  it.each([
    ['open now, at the very opening', office, START, START],
    ['closed at the very closing', office, HOURS(8.5), HOURS(71)],
    ['closed before it opens', office, HOURS(-1), START],
    ['on a holiday', { ...office, holidays: ['2026-03-27', '2026-03-30'] }, START, HOURS(95)],
    ['open past midnight', { from: '22:00', to: '06:00' }, HOURS(14), HOURS(14)],
    ['in the zone named', { ...office, timeZone: 'America/New_York' }, START, HOURS(5)],
    ['all day', { from: '09:00', to: '09:00' }, HOURS(20), HOURS(20)],
  ])('%s', async (_title, window, startAt, end) => {
    const { steps } = await runNode('wait', { window }, { startAt });
    expect(steps).toMatchObject([{ port: 'next', code: 'wait.window_open', endedAt: end }]);
  });

  it('fails when it never opens', async () => {
    const holidays = Array.from({ length: 366 }, (_, day) =>
      new Date(START + day * 24 * HOUR).toISOString().slice(0, 10),
    );
    const window = { from: '09:00', to: '10:00', days: ['friday'], holidays };
    const { status, error } = await runNode('wait', { window }, { startAt: START + 2 * HOUR });
    expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'wait.never_open' });
  });
});

it.each([
  [{}],
  [{ for: '1d', until: '2026-01-01' }],
  [{ until: '' }],
  [{ until: '2026-01-01', offset: 'soon' }],
  [{ until: '2026-01-01', ifMissing: 'shrug' }],
  [{ untilTime: '9:00' }],
  [{ untilTime: '24:00' }],
  [{ untilTime: '09:00', days: ['someday'] }],
  [{ untilTime: '09:00', days: [] }],
  [{ untilCondition: [] }],
  [{ untilCondition: [], maxWait: '-1h' }],
  [{ window: { from: '09:00' } }],
  [{ window: { from: '09:00', to: '17:00', holidays: ['Christmas'] } }],
])('refuses %j', (data) => {
  expect(problemsOf('wait', data)).not.toEqual([]);
});
