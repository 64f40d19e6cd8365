import {
  EVENT_NAMES,
  KNOWN_EVENTS,
  knownEvent,
  nearEvent,
} from '../../src/language/event-catalogue';
import { parseDefinition } from '../../src/language/parse-definition';
import { bad, good, is, isVip, parse, vip } from './envelope';

describe('events', () => {
  test.each(EVENT_NAMES)('%s is %s, in any case and with any of _ and .', (written, name) => {
    for (const spelling of [
      written,
      written.toUpperCase(),
      written.replaceAll('.', '_'),
      written.replaceAll('_', '.'),
    ]) {
      expect(knownEvent(spelling)).toBe(name);
    }
  });

  test('no two of them are the same name', () => {
    const folded = KNOWN_EVENTS.map((name) => name.toLowerCase().replace(/[._]/g, ''));
    expect(new Set(folded).size).toBe(folded.length);
  });

  test.each([
    ['FORM_ABANDONED', 'form.abandoned'],
    ['contact_created', 'contact.created'],
    ['contact.tag.added', 'contact.tag_added'],
    ['tag_added', 'contact.tag_added'],
    ['contact.attribute_changed', 'contact.field_changed'],
    ['email_open', 'email.opened'],
    ['email_click', 'email.clicked'],
    ['reply', 'contact.replied'],
    ['sms_received', 'sms.received'],
    ['cart.paid', 'cart.paid'],
    ['Cart_Paid', 'Cart_Paid'],
  ])('%s is read as %s wherever an event is named', (written, name) => {
    const definition = good({
      trigger: { type: 'event', event: written },
      goals: [{ id: 'g', event: written }],
      nodes: [
        {
          id: 'w',
          type: 'wait_for_event',
          data: { events: [{ event: written, filter: [is('x', 1)] }], timeout: '1d' },
        },
        { id: 'c', type: 'condition', data: { condition: [{ type: 'EVENT', event: written }] } },
      ],
      edges: [{ source: 'w', target: 'c' }],
      tests: [
        {
          name: 't',
          trigger: { type: written },
          events: [{ after: '1h', type: written }],
          expect: { status: 'completed' },
        },
      ],
    });
    expect(definition).toMatchObject({
      triggers: [{ event: name }],
      goals: [{ event: name }],
      nodes: [
        { data: { events: [{ event: name }] } },
        { data: { condition: { conditions: [{ event: name }] } } },
      ],
      tests: [{ trigger: { type: name }, events: [{ type: name }] }],
    });
  });

  test('a custom event near a known one is worth a warning', () => {
    const { warnings, errors } = parse({ trigger: { type: 'event', event: 'email.opend' } });
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      expect.objectContaining({
        code: 'definition.unknown_event',
        path: 'trigger.event',
        suggestion: 'email.opened',
      }),
    ]);
    expect(['cart.paid', 'call.x', 'order.created', 'x'].map(nearEvent)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('goals', () => {
  test.each<[object, object]>([
    [{ event: 'PAYMENT_SUCCESSFUL' }, { event: 'payment.successful', onAchieved: 'exit' }],
    [{ conditions: [vip] }, { condition: isVip, onAchieved: 'exit' }],
    [
      { conditions: { operator: 'or', conditions: [vip] } },
      { condition: { operator: 'OR', conditions: [vip] } },
    ],
    [{ event: 'a.b', conditions: [] }, { event: 'a.b' }],
    [{ event: 'a.b', onAchievement: 'CONTINUE' }, { onAchieved: 'continue' }],
    [{ event: 'a.b', onAchievement: 'EXIT', gotoNodeId: null }, { onAchieved: 'exit' }],
    [{ event: 'a.b', onAchievement: 'GOTO', goTo: 'a' }, { onAchieved: { goTo: 'a' } }],
    [{ event: 'a.b', onAchievement: 'GOTO', gotoNodeId: 'a' }, { onAchieved: { goTo: 'a' } }],
    [{ event: 'a.b', onAchieved: { gotoNodeId: 'a' } }, { onAchieved: { goTo: 'a' } }],
    [{ event: 'a.b', goTo: 'a' }, { onAchieved: { goTo: 'a' } }],
    [
      { event: 'a.b', onAchieved: 'Exit', atEntry: 'FIRE' },
      { onAchieved: 'exit', atEntry: 'fire' },
    ],
  ])('%j', (goal, canonical) => {
    expect(good({ goals: [{ id: 'g', ...goal }] }).goals[0]).toMatchObject(canonical);
  });

  test.each<[object, string[]]>([
    [{ event: 'a.b', onAchievement: 'GOTO' }, ['missing_field', 'goals[0].goTo']],
    [
      { event: 'a.b', onAchievement: 'CONTIUE' },
      ['wrong_value', 'goals[0].onAchievement', 'continue'],
    ],
    [
      { event: 'a.b', conditions: [{ field: 'x', operator: 'is', value: 1 }] },
      ['wrong_value', 'goals[0].conditions[0].operator'],
    ],
    [{}, ['wrong_value', 'goals[0]']],
  ])('%j is refused', (goal, issue) => {
    expect(bad({ goals: [{ id: 'g', ...goal }] })[0]?.slice(0, issue.length)).toEqual(issue);
  });
});

describe('enrollment settings', () => {
  const theirs = {
    allowMultipleEnrollments: true,
    enrollmentLimit: 3,
    enrollmentWindow: '30d',
    reEnrollmentDelay: '1d',
    entryConditions: [vip],
    exitConditions: { operator: 'OR', conditions: [vip] },
    removeOnGoalAchievement: false,
  };

  test.each([
    ['beside the settings', { enrollmentSettings: theirs }],
    ['inside of them', { settings: { enrollmentSettings: theirs } }],
    [
      'with some of ours',
      { enrollmentSettings: theirs, settings: { enrollment: { whenActive: 'RESTART' } } },
    ],
  ])('are read %s', (_where, fields) => {
    const { settings, goals } = good({ ...fields, goals: [{ id: 'g', event: 'a.b' }] });
    expect(settings.enrollment).toMatchObject({
      allowMultiple: true,
      limit: 3,
      window: 30 * 86_400_000,
      reEnrollmentDelay: 86_400_000,
      entryWhen: isVip,
    });
    expect(settings.exitWhen).toEqual({ operator: 'OR', conditions: [vip] });
    expect(goals[0]?.onAchieved).toBe('continue');
  });

  test('leave goals that say what they do alone, and remove by default', () => {
    const goals = [{ id: 'g', event: 'a.b', onAchievement: 'EXIT' }];
    expect(good({ enrollmentSettings: theirs, goals }).goals[0]?.onAchieved).toBe('exit');
    const removes = { removeOnGoalAchievement: true };
    expect(
      good({ enrollmentSettings: removes, goals: [{ id: 'g', event: 'a.b' }] }).goals[0]
        ?.onAchieved,
    ).toBe('exit');
  });

  test('an empty list of exit conditions lets nobody out', () => {
    const { settings } = good({ enrollmentSettings: { exitConditions: [], entryConditions: [] } });
    expect(settings.exitWhen).toBeUndefined();
    expect(settings.enrollment.entryWhen).toBeUndefined();
  });

  test('are what errors speak of', () => {
    expect(bad({ enrollmentSettings: { enrollmentLimit: 0, enrollmentWindw: '1d' } })).toEqual([
      ['wrong_value', 'enrollmentSettings.enrollmentLimit'],
      ['unknown_field', 'enrollmentSettings.enrollmentWindw', 'enrollmentWindow'],
    ]);
    expect(
      bad({ enrollmentSettings: { exitConditions: [vip] }, settings: { exitWhen: [vip] } }),
    ).toEqual([['wrong_value', 'enrollmentSettings.exitConditions']]);
    expect(
      bad({ enrollmentSettings: { enrollmentLimit: 1 }, settings: { enrollment: { limit: 1 } } }),
    ).toEqual([['wrong_value', 'enrollmentSettings.enrollmentLimit']]);
    expect(bad({ enrollmentSettings: { removeOnGoalAchievement: 'no' } })).toEqual([
      ['wrong_type', 'enrollmentSettings.removeOnGoalAchievement'],
    ]);
  });
});

describe('spellings', () => {
  test('of enum values are read in any case, and so are operators, symbols and types of conditions', () => {
    const definition = good({
      settings: { onNodeFailure: 'Continue', enrollment: { whenActive: 'PARALLEL' } },
      nodes: [
        {
          id: 'a',
          type: 'WAIT',
          executeIf: [
            { type: 'SCORE', operator: '>', value: 1 },
            { field: 'x', operator: 'NOT_EXISTS' },
          ],
          data: { until: '2030-01-01', ifMissing: 'CONTINUE' },
        },
      ],
    });
    expect(definition.settings).toMatchObject({
      onNodeFailure: 'continue',
      enrollment: { whenActive: 'parallel' },
    });
    expect(definition.nodes[0]).toMatchObject({
      type: 'wait',
      data: { ifMissing: 'continue' },
      executeIf: {
        operator: 'AND',
        conditions: [
          { type: 'score', operator: 'greater_than', value: 1 },
          { field: 'x', operator: 'not_exists' },
        ],
      },
    });
  });

  test('of ids, ports and texts stay as they are', () => {
    const definition = good({
      nodes: [
        {
          id: 'Split',
          type: 'SPLIT',
          data: { variants: [{ port: 'A', weight: 1 }], experiment: 'STICKY' },
        },
        { id: 'TAG', type: 'add_tag', data: { tag: 'VIP' } },
      ],
      edges: [{ source: 'Split', sourceHandle: 'A', target: 'TAG' }],
    });
    expect(definition.nodes).toMatchObject([
      { id: 'Split', data: { variants: [{ port: 'A' }], experiment: 'STICKY' } },
      { id: 'TAG', data: { tag: 'VIP' } },
    ]);
  });
});

test('the draft is what was written, with its key and without what is ignored', () => {
  const written = {
    name: 'Win back',
    trigger: { type: 'TAG_ADDED', config: { tag: 'lost' } },
    steps: [{ id: 'a', type: 'delay', config: { duration: 5 } }],
  };
  const { source, warnings } = parseDefinition({
    ...written,
    id: 'x',
    createdAt: 'y',
    $schema: 'z',
  });
  expect(source).toEqual({ key: 'win-back', ...written });
  expect(warnings.map(({ path }) => path)).toEqual(['id', 'createdAt']);
});
