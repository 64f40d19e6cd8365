import { parseDefinition } from '../../src/language/parse-definition';

const errorsOf = (type: string, config: object, more: object = {}) =>
  parseDefinition({
    ...{ name: 'x', trigger: { type: 'manual' } },
    steps: [{ id: 'a', type, config }],
    ...more,
  }).errors.map(({ path, message }) => `${path}: ${message}`);

const WAYS =
  'Write { for } or { until, offset?, ifMissing? } or { untilTime, days?, timeZone? } or { untilCondition, maxWait } or { window }.';

describe('a field of another way of writing a value', () => {
  test.each<[string, object, string]>([
    [
      'wait',
      { for: '5s', untilTime: '09:00' },
      `steps[0].config.untilTime: "untilTime" cannot stand beside "for". ${WAYS}`,
    ],
    [
      'wait_until',
      { date: '2027-01-01', timeZone: 'UTC' },
      `steps[0].config.timeZone: "timeZone" cannot stand beside "date". ${WAYS}`,
    ],
    [
      'wait_until',
      { date: '2027-01-01', timezone: 'UTC' },
      `steps[0].config.timezone: "timezone" cannot stand beside "date". ${WAYS}`,
    ],
    [
      'wait_for_event',
      { event: 'a.b', events: [{ event: 'x.y' }], timeout: '1d' },
      'steps[0].config.events: "events" cannot stand beside "event". Write { event, filter?, timeout, since? } or { events, filter?, timeout, since? }.',
    ],
    [
      'condition',
      { condition: [{ field: 'a', operator: 'exists', count: 3 }] },
      'steps[0].config.condition[0].count: "count" cannot stand beside "field". Write { type?, field, operator, value? } or { type: event, event, operator?, count?, within?, since?, filter? }.',
    ],
  ])('%s %j is told what it cannot stand beside', (type, config, message) => {
    expect(errorsOf(type, config)).toEqual([message]);
  });

  test('is told so in the script of a test', () => {
    const entry = { after: '5s', type: 'a.b', contact: {} };
    const tests = [{ name: 'a', events: [entry], expect: { status: 'completed' } }];
    expect(errorsOf('add_tag', { tag: 'x' }, { tests })).toEqual([
      'tests[0].events[0].contact: "contact" cannot stand beside "type". Write { after?, at?, id?, type, properties?, node? } or { after?, at?, contact }.',
    ]);
  });

  test('is not suggested for a misspelt one, since it would be refused again', () => {
    expect(errorsOf('wait', { for: '1d', timezone: 'UTC' })).toEqual([
      'steps[0].config.timezone: There is no field "timezone" here, and "timeZone" cannot stand beside "for".',
    ]);
  });
});

test.each([
  ['send_telegram', 'send_telegram'],
  ['Teams', 'send_teams'],
])('%s is not suggested for itself', (type, canonical) => {
  const [error = ''] = errorsOf(type, {});
  expect(error).toContain(`There is no node type "${canonical}". Known types`);
});

describe('a bare number where a duration stands', () => {
  test.each<[string, object]>([
    ['settings.enrollment.window', { settings: { enrollment: { limit: 1, window: 5 } } }],
    [
      'enrollmentSettings.enrollmentWindow',
      { enrollmentSettings: { enrollmentLimit: 1, enrollmentWindow: 5 } },
    ],
    ['enrollmentSettings.reEnrollmentDelay', { enrollmentSettings: { reEnrollmentDelay: 5 } }],
    ['trigger.rateLimit.per', { trigger: { type: 'manual', rateLimit: { max: 1, per: 5 } } }],
    [
      'tests[0].events[0].after',
      { tests: [{ name: 'a', events: [{ after: 5, type: 'a.b' }], expect: { path: [] } }] },
    ],
    ['tests[0].expect.endedAfter', { tests: [{ name: 'a', expect: { endedAfter: 5 } }] }],
    ['steps[0].config.for', { steps: [{ id: 'a', type: 'wait', config: { for: 5 } }] }],
    ['steps[0].timeout', { steps: [{ id: 'a', type: 'webhook', timeout: 5 }] }],
  ])('is refused at %s', (path, more) => {
    expect(errorsOf('add_tag', { tag: 'x' }, more)).toContain(
      `${path}: 5 has no unit. Write "5s" for seconds, or another unit: m, h, d, w.`,
    );
  });

  test('is milliseconds in the delay of another tool, and seconds in its wait', () => {
    const config = { url: 'https://example.com', method: 'POST' };
    const { definition, errors } = parseDefinition({
      ...{ name: 'x', trigger: { type: 'manual' } },
      actions: [
        { id: 'a', type: 'delay', config: { duration: 5 }, onSuccess: ['b'] },
        {
          id: 'b',
          type: 'webhook',
          config,
          retryConfig: { retryDelay: { initial: 5, max: 1500 } },
        },
      ],
    });
    expect(errors).toEqual([]);
    expect(definition?.nodes).toMatchObject([
      { data: { for: 5_000 } },
      { retry: { initialInterval: 5, maxInterval: 1_500 } },
    ]);
  });
});

test.each<[string, object, string]>([
  [
    'a misspelt type of condition',
    { steps: [{ id: 'a', type: 'condition', config: { condition: [{ type: 'evnt' }] } }] },
    'steps[0].config.condition[0].type: Expected one of "group", "field", "tag", "score", "segment", "event", "time", "step", got "evnt". Did you mean "event"?',
  ],
  [
    'no trigger',
    { trigger: undefined },
    'trigger: This field is required: what enrolls a contact, such as `{ type: manual }` or `{ type: event, event: order.placed }`.',
  ],
  ['a number as trigger', { trigger: 5 }, 'trigger: Expected an object, got 5.'],
  [
    'a long timeout',
    { steps: [{ id: 'a', type: 'webhook', timeout: '11m' }] },
    'steps[0].timeout: An attempt may take ten minutes at most.',
  ],
  [
    'two cases of one port',
    {
      steps: [
        {
          ...{ id: 'a', type: 'switch' },
          config: { cases: ['x', 'x'].map((port) => ({ port, condition: [] })) },
        },
      ],
    },
    'steps[0].config.cases[1].port: An earlier case has the port "x" too. Give each case a port of its own.',
  ],
])('%s is refused in words that help', (_what, more, message) => {
  expect(errorsOf('add_tag', { tag: 'x' }, more)).toContain(message);
});

test('a number that is none has a path', () => {
  const { errors } = parseDefinition(
    'name: x\ntrigger: {type: manual}\nsteps:\n  - {id: a, type: update_score, config: {by: .nan}}',
  );
  expect(errors).toMatchObject([{ path: 'steps[0].config.by', line: 4 }]);
});
