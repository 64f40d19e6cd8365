import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const CART = `
key: cart
name: Cart
trigger: { type: event, event: cart.left }
steps:
  - { id: wait-1h, type: wait, config: { for: 1h } }
  - { id: remind, type: send_email, config: { subject: "Hi {{ first_name }}", text: Your cart } }
  - { id: wait-open, type: wait_for_event, config: { event: email.opened, timeout: 1 day } }
goals:
  - { id: paid, event: payment.successful }
`;

const yaml = (path: string, body: string) =>
  api.post(path).set('Content-Type', 'application/yaml').send(body);

const ada = { email: 'ada@example.com', firstName: 'Ada' };

describe('a dry run over REST', () => {
  test('of a definition in YAML tells what would happen and stores nothing', async () => {
    const { status, body } = await api.post('/workflows/test', {
      definition: CART,
      contact: ada,
      startAt: '2026-03-27T08:00:00Z',
      events: [
        { after: '70m', type: 'email.opened' },
        { after: '3h', type: 'payment.successful' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      endedAt: '2026-03-27T09:10:00.000Z',
      goalId: null,
      entry: { allowed: true, reason: null },
      sends: [{ nodeId: 'remind', to: 'ada@example.com', subject: 'Hi Ada' }],
      error: null,
    });
    expect(body.steps.at(-1)).toMatchObject({
      nodeId: 'wait-open',
      output: { occurredAt: '2026-03-27T09:10:00.000Z' },
    });
    expect((await api.get('/workflows')).body.data).toEqual([]);
  });

  test("of a stored contact knows her past, and whether the trigger's event lets her in", async () => {
    await yaml('/workflows', CART).expect(201);
    const contact = (await api.post('/contacts', { ...ada, tags: ['vip'] })).body as { id: string };
    const { body } = await api.post('/workflows/cart/test', {
      contactId: contact.id,
      trigger: { type: 'cart.seen' },
    });
    expect(body).toMatchObject({
      status: 'completed',
      entry: { allowed: false, reason: 'no_trigger: nothing is triggered by cart.seen' },
      contact: { tags: ['vip'] },
    });
    expect((await api.get(`/contacts/${contact.id}/enrollments`)).body.data).toEqual([]);
  });

  test('of a stored contact who is inside says that she would not be let in', async () => {
    await yaml('/workflows', CART.replace('key: cart', 'key: inside')).expect(201);
    await api.post('/workflows/inside/activate').expect(200);
    const { id: contactId } = (await api.post('/contacts', { email: 'bo@example.com' })).body;
    await api.post('/workflows/inside/enrollments', { contactId }).expect(202);
    const { body } = await api.post('/workflows/inside/test', { contactId });
    expect(body).toMatchObject({
      status: 'completed',
      entry: { allowed: false, reason: 'already_active' },
    });
  });

  test('of a stored contact who wants no marketing sends her none', async () => {
    const refused = { email: 'cy@example.com', consent: { email: false } };
    const { id: contactId } = (await api.post('/contacts', refused)).body;
    const { body } = await api.post('/workflows/test', { definition: CART, contactId });
    expect(body).toMatchObject({ status: 'completed', sends: [] });
    expect(body.steps).toContainEqual(
      expect.objectContaining({ port: 'not_sent', reason: 'send.blocked.unsubscribed' }),
    );
  });

  test('of a stored contact says whether the rate limit of the trigger would let her in', async () => {
    const rated = CART.replace(
      'trigger: { type: event, event: cart.left }',
      'triggers: [{ event: cart.left }, { type: manual, rateLimit: { max: 1, per: 1h } }]',
    ).replace('key: cart', 'key: rated');
    const settings = 'settings: { enrollment: { whenActive: restart } }\n';
    await yaml('/workflows', rated + settings).expect(201);
    await api.post('/workflows/rated/activate').expect(200);
    const { id: contactId } = (await api.post('/contacts', { email: 'di@example.com' })).body;
    const entry = async (more: object = {}) =>
      (await api.post('/workflows/rated/test', { contactId, ...more })).body.entry;
    expect(await entry()).toEqual({ allowed: true, reason: null });
    await api.post('/workflows/rated/enrollments', { contactId }).expect(202);
    expect(await entry()).toEqual({ allowed: false, reason: 'rate_limited' });
    expect(await entry({ trigger: { type: 'cart.left' } })).toMatchObject({ allowed: true });
  });

  test('tells of a stored contact only to a key that may read her and her events', async () => {
    const { id: contactId } = (await api.post('/contacts', { email: 'eve@example.com' })).body;
    await yaml('/workflows', CART.replace('key: cart', 'key: guarded')).expect(201);
    const paths = [
      ['/workflows/test', { definition: CART }],
      ['/workflows/guarded/test', {}],
    ] as const;
    const reader = await api.keyWith(['workflows:read']);
    const half = await api.keyWith(['workflows:read', 'contacts:read']);
    const whole = await api.keyWith(['*:read']);
    for (const [path, body] of paths) {
      expect((await api.post(path, { ...body, contact: ada }, reader)).status).toBe(200);
      for (const key of [reader, half])
        expectProblem(await api.post(path, { ...body, contactId }, key), 403, 'auth.forbidden');
      expect((await api.post(path, { ...body, contactId }, whole)).status).toBe(200);
    }
  });

  test('refuses what it cannot run, with code and place', async () => {
    const bad = await api.post('/workflows/test', { definition: CART.replace('1h }', 'soon }') });
    expectProblem(bad, 422, 'definition.invalid');
    expect(bad.body.issues).toMatchObject([{ path: 'steps[0].config.for', line: 6 }]);
    const nobody = await api.post('/workflows/test', {
      definition: CART,
      contactId: '018f0000-0000-7000-8000-00000000dead',
    });
    expectProblem(nobody, 404, 'contact.not_found');
    const unknown = await api.post('/workflows/test', { definition: CART, contakt: {} });
    expectProblem(unknown, 422, 'request.invalid');
    expect(unknown.body.issues).toMatchObject([{ path: 'contakt', suggestion: 'contact' }]);
  });

  test('refuses names that the definition does not have, with suggestions', async () => {
    const definition = {
      key: 'splitting',
      name: 'Splitting',
      trigger: { type: 'manual' },
      edges: [],
      nodes: [
        {
          id: 'sp',
          type: 'split',
          data: {
            variants: [
              { port: 'a', weight: 50 },
              { port: 'b', weight: 50 },
            ],
          },
        },
      ],
    };
    const refused = async (request: object) => {
      const answer = await api.post('/workflows/test', { definition, ...request });
      expectProblem(answer, 422, 'request.invalid');
      const issues = answer.body.issues as { code: string; path: string; suggestion?: string }[];
      return issues.map(({ code, path, suggestion }) => [code, path, suggestion]);
    };
    const nowhere = 'definition.unknown_node';
    expect(await refused({ choose: { sp: 'zz', zz: 'a' } })).toEqual([
      ['definition.unknown_port', 'choose.sp', undefined],
      [nowhere, 'choose.zz', undefined],
    ]);
    expect(
      await refused({
        stopAt: 'spp',
        mocks: { nope: { output: 1 } },
        events: [{ after: '1h', type: 'email.opened', node: 'zz' }],
      }),
    ).toEqual([
      [nowhere, 'mocks.nope', undefined],
      [nowhere, 'events[0].node', undefined],
      [nowhere, 'stopAt', 'sp'],
    ]);
    const chosen = { sp: 'b', 'splitting/sp': 'b' };
    const { body } = await api.post('/workflows/test', {
      definition,
      choose: chosen,
      stopAt: 'sp',
    });
    expect(body.status).toBe('waiting');
  });

  test('tells reasons as live steps do, and warns of a zone that does not exist', async () => {
    const definition = {
      name: 'Tagging',
      trigger: { type: 'manual' },
      edges: [{ source: 'tag', target: 'nine' }],
      nodes: [
        { id: 'tag', type: 'add_tag', data: { tag: 'x2' } },
        { id: 'nine', type: 'wait', data: { untilTime: '09:00' } },
      ],
    };
    const contact = { ...ada, timeZone: 'Mars/X' };
    const { body } = await api.post('/workflows/test', { definition, contact });
    expect(body.steps).toMatchObject([
      { reason: 'tag.added: tagged x2' },
      { reason: 'wait.time_reached: time zone Mars/X is unknown, UTC counts' },
    ]);
    expect(body.warnings).toContainEqual(
      expect.objectContaining({ code: 'definition.unknown_zone', path: 'contact.timeZone' }),
    );
  });

  test('that begins in the past knows nothing of what came later', async () => {
    const { id: contactId } = (await api.post('/contacts', { email: 'past@example.com' })).body;
    const created = [{ type: 'event', event: 'contact.created', since: 'ever' }];
    const definition = {
      name: 'Was she there',
      trigger: { type: 'manual' },
      edges: [],
      nodes: [{ id: 'ask', type: 'condition', data: { condition: created } }],
    };
    const port = async (more: object) => {
      const { body } = await api.post('/workflows/test', { definition, contactId, ...more });
      return body.steps?.[0].port ?? body;
    };
    expect(await port({})).toBe('true');
    expect(await port({ startAt: '2020-01-01' })).toBe('false');
  });

  test('ends a run that would go on for ever', async () => {
    const nodes = [
      { id: 'pause', type: 'wait', data: { for: '1s' } },
      { id: 'back', type: 'go_to', data: { target: 'pause' } },
    ];
    const definition = {
      name: 'Round',
      trigger: { type: 'manual' },
      nodes,
      edges: [
        { source: 'trigger', target: 'pause' },
        { source: 'pause', target: 'back' },
      ],
      settings: { visitLimit: 100 },
    };
    const { body } = await api.post('/workflows/test', { definition });
    expect(body).toMatchObject({ status: 'failed', error: { code: 'step.visit_limit' } });
  });
});

describe('tests inside a definition', () => {
  const withTest = (
    status: string,
  ) => `${CART.replace('key: cart', `key: tested-${status.replace('_', '-')}`)}
tests:
  - name: pays
    contact: { email: ada@example.com }
    events: [{ after: 30m, type: payment.successful }]
    expect: { status: ${status} }
`;

  test('let a definition that passes be activated', async () => {
    await yaml('/workflows', withTest('goal_reached')).expect(201);
    await api.post('/workflows/tested-goal-reached/activate').expect(200);
  });

  test('refuse one that fails, unless it is forced', async () => {
    await yaml('/workflows', withTest('failed')).expect(201);
    const refused = await api.post('/workflows/tested-failed/activate');
    expectProblem(refused, 409, 'workflow.tests_failed');
    expect(refused.body.tests).toEqual([
      {
        name: 'pays',
        differences: [{ field: 'status', message: 'expected "failed", got "goal_reached"' }],
      },
    ]);
    await api.post('/workflows/tested-failed/activate', { force: true }).expect(200);
  });
});

describe('import and export', () => {
  test.each(['graph', 'steps', 'actions'] as const)(
    'give the same in the form %s',
    async (form) => {
      const key = `file-${form}`;
      const { id } = (await yaml('/workflows/import', CART.replace('key: cart', `key: ${key}`)))
        .body;
      const exported = await api.get(`/workflows/${key}/export?form=${form}&format=yaml`);
      expect(exported.headers['content-type']).toContain('application/yaml');
      const again = await yaml('/workflows/import', exported.text);
      expect(again.status).toBe(200);
      expect(again.body).toMatchObject({ id, key, revision: 2 });
      const twice = await api.get(`/workflows/${key}/export?form=${form}&format=yaml`);
      expect(twice.text).toBe(exported.text);
    },
  );
});

test('a workflow that is named and does not exist is a warning until activation', async () => {
  const definition = `${CART.replace('key: cart', 'key: naming')}`.replace(
    'steps:',
    'steps:\n  - { id: next-one, type: enroll_in_workflow, config: { workflow: not-there } }',
  );
  const created = await yaml('/workflows', definition);
  expect(created.status).toBe(201);
  const issue = { code: 'definition.unknown_workflow', path: 'steps[0].config.workflow', line: 6 };
  expect(created.body.warnings).toContainEqual(expect.objectContaining(issue));
  const refused = await api.post('/workflows/naming/activate');
  expectProblem(refused, 422, 'definition.invalid');
  expect(refused.body.issues).toMatchObject([{ code: issue.code, path: issue.path }]);
});

test('a run that never comes to an end is stopped, and so are tests that a version would need', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `n${index}`);
  const nodes = ids.map((id) => ({ id, type: 'wait', data: { for: '1s' } }));
  const edges = ids.map((id, index) => ({ source: id, target: ids[(index + 1) % ids.length] }));
  const circle = {
    ...{ key: 'circle', name: 'Circle', trigger: { type: 'manual' }, nodes, edges },
    settings: { visitLimit: 10_000 },
    tests: [{ name: 'goes round', contact: {}, expect: { status: 'failed' } }],
  };
  const run = await api.post('/workflows/test', { definition: circle });
  expectProblem(run, 422, 'simulation.too_long');
  expect((await api.post('/workflows', circle)).status).toBe(201);
  expectProblem(await api.post('/workflows/circle/activate'), 422, 'simulation.too_long');
}, 60_000);

test('without a definition it is told that one is missing', async () => {
  const refused = await api.post('/workflows/test', { contact: {} });
  expectProblem(refused, 422, 'request.invalid');
  expect(refused.body.issues).toMatchObject([
    { code: 'request.missing_field', path: 'definition' },
  ]);
});
