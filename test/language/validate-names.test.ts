import { judged, judgedInput } from '../support/judged';

const tag = ['add_tag', { tag: 'x' }] as const;
const mail = ['send_email', { subject: 'Hi', text: 'Hello' }] as const;
const asks = (...condition: object[]) => ['condition', { condition }] as const;

/** What is said about the text of a mail. */
const inMail = (text: string, more: object = {}, others: object = {}) =>
  judged({
    nodes: { mail: ['send_email', { subject: 'Hi', text }], ...others },
    edges: [
      'trigger -> mail',
      'mail:not_sent -> end',
      ...Object.keys(others).map((id) => `mail -> ${id}`),
    ],
    ...more,
  });

describe('nodes that are named', () => {
  const step = (node: string, port?: string) => ({ type: 'step', node, ...(port ? { port } : {}) });

  test('in waits, conditions, goals, exits and executeIf must exist', () => {
    const { errors } = judged({
      nodes: {
        remind: mail,
        open: ['wait_for_event', { event: 'a', timeout: '1h', since: { node: 'remnid' } }],
        ask: asks({ operator: 'or', conditions: [{ ...step('nowhere'), type: 'STEP' }] }),
        last: ['add_tag', { tag: 'x' }, { executeIf: [step('reminds')] }],
      },
      edges: ['trigger -> remind', 'remind -> open', 'open:timed_out -> ask', 'ask:true -> last'],
      goals: [{ id: 'g', condition: [step('opne')] }],
      settings: { exitWhen: [{ type: 'event', event: 'a', since: { node: 'askk' } }] },
    });
    expect(errors).toEqual([
      'unknown_node nodes[1].data.since.node -> remind',
      'unknown_node nodes[2].data.condition[0].conditions[0].node',
      'unknown_node nodes[3].executeIf[0].node -> remind',
      'unknown_node goals[0].condition[0].node -> open',
      'unknown_node settings.exitWhen[0].since.node -> ask',
    ]);
  });

  test('with a port must have it', () => {
    const nodes = (port: string) => ({ remind: mail, ask: asks(step('remind', port)) });
    expect(judged({ nodes: nodes('not_sent') }).errors).toEqual([]);
    expect(judged({ nodes: nodes('error') }).errors).toEqual([]);
    expect(judged({ nodes: nodes('not_snet') }).errors).toEqual([
      'unknown_port nodes[1].data.condition[0].port -> not_sent',
    ]);
  });

  test('are looked for in the language only, not in what people send elsewhere', () => {
    const properties = { type: 'step', node: 'theirs', since: { node: 'theirs' } };
    const nodes = { track: ['track_event', { event: 'a', properties }] as const };
    expect(judged({ nodes }).errors).toEqual([]);
  });

  test('in tests must exist, and so must ports, experiments and goals', () => {
    const split = [
      'split',
      { variants: [{ port: 'red', weight: 1 }], experiment: 'colour' },
    ] as const;
    const { errors } = judged({
      nodes: { draw: split, mail },
      edges: ['trigger -> draw', 'draw:red -> mail', 'mail:not_sent -> end'],
      goals: [{ id: 'paid', event: 'cart.paid' }],
      tests: [
        {
          name: 'good',
          choose: { draw: 'red', colour: 'red', 'journey/draw': 'red' },
          mocks: { mail: { output: 1 } },
          events: [{ after: '1h', type: 'email.opened', node: 'mail' }],
          expect: { path: ['draw', 'mail'], sends: [{ nodeId: 'mail' }], goalId: 'paid' },
        },
        {
          name: 'bad',
          choose: { draw: 'rde', color: 'red' },
          mocks: { mial: { output: 1 } },
          events: [{ after: '1h', type: 'email.opened', node: 'mali' }],
          expect: { path: ['draw', 'maill'], sends: [{ nodeId: 'nail' }], goalId: 'piad' },
        },
      ],
    });
    expect(errors).toEqual([
      'unknown_node tests[1].mocks.mial -> mail',
      'unknown_node tests[1].events[0].node -> mail',
      'unknown_node tests[1].expect.sends[0].nodeId -> mail',
      'unknown_node tests[1].expect.path[1] -> mail',
      'unknown_port tests[1].choose.draw -> red',
      'unknown_node tests[1].choose.color -> colour',
      'unknown_goal tests[1].expect.goalId -> paid',
    ]);
  });

  test('a filter cannot ask for what else happened, which is a warning', () => {
    const filter = [{ type: 'event', event: 'b' }];
    const nodes = { open: ['wait_for_event', { event: 'a', timeout: '1h', filter }] as const };
    expect(
      judged({ nodes, edges: ['open:timed_out -> end', 'open:received -> end'] }),
    ).toMatchObject({
      errors: [],
      warnings: ['condition_in_filter nodes[0].data.filter[0]'],
    });
  });
});

test.each(['variables.plan', 'enrollment.version', 'workspace.timeZone'])(
  'the filter of a trigger knows nothing of %s, which is a warning',
  (field) => {
    const filter = [{ field, operator: 'exists' }];
    const nodes = { tag };
    const trigger = { type: 'event', event: 'a.b', filter };
    expect(judged({ nodes, triggers: [trigger] }).warnings).toEqual([
      'condition_in_filter triggers[0].filter[0]',
    ]);
    expect(judged({ nodes, settings: { enrollment: { entryWhen: filter } } }).warnings).toEqual([]);
  },
);

describe('time zones', () => {
  const window = (timeZone: string) => ({ from: '09:00', to: '17:00', timeZone });

  test('must exist, wherever they stand', () => {
    const { errors } = judged({
      nodes: {
        clock: ['wait', { untilTime: '09:00', timeZone: 'Europe/Berln' }],
        open: ['wait', { window: window('Berlin') }],
        ask: asks({ operator: 'AND', conditions: [[{ type: 'time', window: window('Mars') }]] }),
        tag: ['add_tag', { tag: 'x' }, { executeIf: [{ type: 'time', window: window('UTX') }] }],
      },
      edges: ['clock -> open', 'open -> ask', 'ask:true -> tag'],
      settings: { timeZone: 'Nowhere/Land' },
      goals: [{ id: 'g', condition: [{ type: 'time', window: window('x') }] }],
    });
    expect(errors.toSorted()).toEqual(
      [
        'unknown_zone goals[0].condition[0].window.timeZone',
        'unknown_zone nodes[0].data.timeZone -> Europe/Berlin',
        'unknown_zone nodes[1].data.window.timeZone -> Europe/Berlin',
        'unknown_zone nodes[2].data.condition[0].conditions[0][0].window.timeZone',
        'unknown_zone nodes[3].executeIf[0].window.timeZone -> UTC',
        'unknown_zone settings.timeZone',
      ].toSorted(),
    );
  });

  test('of windows may be the one of the contact or the workspace', () => {
    const nodes = (timeZone: string) => ({ open: ['wait', { window: window(timeZone) }] as const });
    for (const zone of ['contact', 'workspace', 'Asia/Kathmandu'])
      expect(judged({ nodes: nodes(zone) }).errors).toEqual([]);
    const clock = { c: ['wait', { untilTime: '09:00', timeZone: 'contact' }] as const };
    expect(judged({ nodes: clock }).errors).toHaveLength(1);
  });

  test('of the contacts of tests are data, so a warning', () => {
    const contact = { timeZone: 'Mars/Olympus' };
    const tests = [{ name: 'x', contact, events: [{ after: '1h', contact }], expect: {} }];
    expect(judged({ nodes: { tag }, tests })).toMatchObject({
      errors: [],
      warnings: [
        'unknown_zone tests[0].contact.timeZone',
        'unknown_zone tests[0].events[0].contact.timeZone',
      ],
    });
  });
});

describe('dates written out', () => {
  const until = (text: string) => judged({ nodes: { w: ['wait', { until: text }] } }).errors;

  test('must be dates', () => {
    for (const good of [
      '2026-03-27',
      '2026-03-27T09:00',
      '2026-03-27T09:00:00Z',
      '{{ contact.due }}',
    ])
      expect(until(good)).toEqual([]);
    for (const bad of ['2026-02-30', 'tomorrow', '27.03.2026', '2026-03-27T25:00'])
      expect(until(bad)).toEqual(['bad_date nodes[0].data.until']);
  });

  test('a path without braces is nearly a Liquid text', () => {
    expect(until('contact.trialEndsAt')).toEqual([
      'bad_date nodes[0].data.until -> {{ contact.trialEndsAt }}',
    ]);
  });

  test('in conditions too', () => {
    const nodes = {
      ask: asks(
        { field: 'due', operator: 'BEFORE_DATE', value: 'soon' },
        { field: 'due', operator: 'between_dates', value: ['2026-01-01', 'later'] },
        { field: 'due', operator: 'after_date', value: '{{ event.due }}' },
        { field: 'due', operator: 'equals', value: 'soon' },
      ),
    };
    expect(judged({ nodes }).errors).toEqual([
      'bad_date nodes[0].data.condition[0].value',
      'bad_date nodes[0].data.condition[1].value[1]',
    ]);
  });
});

describe('names in templates', () => {
  test.each([
    'first_name',
    'company_name',
    'unsubscribe_url',
    'contact.firstName',
    'contact.any_attribute',
    'contact.email2',
    'contact.tags.size',
    'event.whatever',
    'event.properties.total',
    'enrollment.startedAt',
    'workspace.brand',
    'variables',
  ])('%s is known', (name) => {
    expect(inMail(`{{ ${name} }}`)).toMatchObject({ errors: [], warnings: [] });
  });

  test.each([
    ['contact.frist_name', 'contact.firstName'],
    ['contact.first_name', 'contact.firstName'],
    ['contact.emial', 'contact.email'],
    ['contact["timezone"]', 'contact.timeZone'],
    ['frist_name', 'first_name'],
    ['firstName', 'first_name'],
    ['contcat.email', 'contact'],
    ['enrollment.started_at', 'enrollment.startedAt'],
    ['event.occured_at', 'event.occurredAt'],
    ['varaibles.x', 'variables'],
  ])('%s is an error that suggests %s', (name, meant) => {
    expect(inMail(`{{ ${name} }}`).errors).toEqual([
      `misspelt_name nodes[0].data.text -> ${meant}`,
    ]);
  });

  test.each(['coupon', 'variables.coupon', 'enrollment.colour'])(
    '%s is unknown, a warning',
    (name) => {
      expect(inMail(`{{ ${name} }}`)).toMatchObject({
        errors: [],
        warnings: ['unknown_name nodes[0].data.text'],
      });
    },
  );

  test('the place in the template is told', () => {
    expect(inMail('Hi\nthere, {{ contact.frist_name }}').words).toContain(
      'line 2, column 11 of the template',
    );
  });

  test('what a template sets itself is known behind it', () => {
    const text =
      '{% assign code = event.code %}{{ code }}{% for item in event.items %}{{ item.name }}{{ forloop.index }}{% endfor %}{% capture note %}x{% endcapture %}{{ note }}';
    expect(inMail(text)).toMatchObject({ errors: [], warnings: [] });
    expect(inMail('{% for item in event.items %}{% endfor %}{{ item }}').warnings).toHaveLength(1);
    expect(inMail('{{ code }}{% assign code = 1 %}').warnings).toHaveLength(1);
  });

  test('they are found in filters, brackets, ranges and blocks', () => {
    const text =
      '{{ "a" | append: frist_name }}{{ event.items[contact.emial] }}{% for n in (1..last_nmae) %}{% if contact.scoer > 1 %}{% endif %}{% endfor %}';
    expect(inMail(text).errors.map((line) => line.split(' -> ')[1])).toEqual([
      'first_name',
      'contact.email',
      'last_name',
      'contact.score',
    ]);
  });

  test('each is told once per template', () => {
    expect(inMail('{{ coupon }}'.repeat(50)).warnings).toHaveLength(1);
  });

  test('variables are known when a node or a test sets them', () => {
    const others = { set: ['set_variable', { name: 'discount', value: 5 }] };
    expect(inMail('{{ discount }} {{ variables.discount }}', {}, others)).toMatchObject({
      errors: [],
      warnings: [],
    });
    expect(inMail('{{ variables.discuont }}', {}, others).errors).toEqual([
      'misspelt_name nodes[0].data.text -> variables.discount',
    ]);
    const tests = [{ name: 'x', variables: { coupon: 1 }, expect: {} }];
    expect(inMail('{{ variables.coupon }}', { tests })).toMatchObject({ errors: [], warnings: [] });
  });

  test('variables that an answer is saved in are known', () => {
    const others = {
      ask: ['http_request', { url: 'https://api.example.com', save: { seats: 'seats[0]' } }],
    };
    expect(inMail('{{ seats }}{{ variables.seats }}', {}, others).errors).toEqual([]);
    expect(inMail('{{ variables.saets }}', {}, others).errors).toEqual([
      'misspelt_name nodes[0].data.text -> variables.seats',
    ]);
  });

  test('an attribute is known by what writes it, however it looks', () => {
    const others = { set: ['update_contact', { set: { first_name: 'Ada' } }] };
    expect(inMail('{{ contact.first_name }}', {}, others).errors).toEqual([]);
    const tests = [{ name: 'x', contact: { attributes: { emial: 1 } }, expect: {} }];
    expect(inMail('{{ contact.emial }}', { tests }).errors).toEqual([]);
  });

  test('operands of conditions are templates too', () => {
    const nodes = {
      ask: asks(
        { field: 'x', operator: 'equals', value: '{{ contact.emial }}' },
        { field: 'x', operator: 'in', value: ['{{ oops', 'y'] },
      ),
    };
    expect(judged({ nodes }).errors).toEqual([
      'bad_template nodes[0].data.condition[1].value[0]',
      'misspelt_name nodes[0].data.condition[0].value -> contact.email',
    ]);
  });

  test('a template that cannot be read is left to the check that says so', () => {
    expect(inMail('{{ contact.emial').errors).toEqual([]);
  });
});

describe('fields of conditions', () => {
  const field = (name: string) =>
    judged({ nodes: { ask: asks({ field: name, operator: 'exists' }) } });

  test('that are nearly known are warnings, since attributes may be called anything', () => {
    for (const name of ['contact.frist_name', 'first_name', 'enrollment.startedat'])
      expect(field(name)).toMatchObject({
        errors: [],
        warnings: [expect.stringContaining('misspelt_name nodes[0].data.condition[0].field -> ')],
      });
    for (const name of ['contact.plan', 'plan', 'email', 'event.emial', 'variables.x', 'crm.emial'])
      expect(field(name)).toMatchObject({ errors: [], warnings: [] });
  });

  test('of the event under test are its own', () => {
    const filter = [{ field: 'first_name', operator: 'exists' }];
    const trigger = { type: 'event', event: 'a.b', filter };
    expect(judgedInput({ trigger, nodes: [], edges: [] })).toMatchObject({
      errors: [],
      warnings: [],
    });
  });
});

test('names of prototypes are names like any other', () => {
  const nodes = { ask: asks({ type: 'step', node: 'constructor' }), mail: inheriting };
  expect(judged({ nodes, edges: ['ask:true -> mail', 'mail:not_sent -> end'] })).toMatchObject({
    errors: ['unknown_node nodes[0].data.condition[0].node'],
    warnings: ['unknown_name nodes[1].data.text', 'unknown_name nodes[1].data.text'],
  });
});

const inheriting = [
  'send_email',
  { subject: 'Hi', text: '{{ constructor }} {{ variables.toString }} {{ contact.constructor }}' },
] as const;
