import { ThroughlineClient } from '../../src/client/index';
import { judgeCanary } from '../../src/db/judge-canary';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const longer = { nodes: [{ id: 'pause', type: 'wait', data: { for: '2h' } }] };
const byEvent = (more: object = {}) => ({
  triggers: [{ type: 'event', event: 'cart.left', ...more }],
});

/** A workflow whose version 1 is active and whose draft waits longer. */
async function drafted(key: string, changes: Record<string, unknown> = {}): Promise<void> {
  await api.post('/workflows', waiting(key, changes));
  await api.post(`/workflows/${key}/activate`, { changelog: 'The first.' });
  await api.patch(`/workflows/${key}`, longer);
}

/** The same, tried on this share of people. */
async function tried(key: string, canary: object = { share: 100 }): Promise<void> {
  await drafted(key);
  const activated = await api.post(`/workflows/${key}/activate`, { canary });
  expect(activated.body).toMatchObject({ status: 'active', version: 1, canary: 2 });
}

let people = 0;
async function enroll(key: string): Promise<{ id: string; version: number }> {
  people += 1;
  const contact = { email: `person-${people}@example.com` };
  const { status, body } = await api.post(`/workflows/${key}/enrollments`, { contact });
  expect(status).toBe(202);
  const read = await api.get(`/enrollments/${body.id as string}`);
  return read.body as { id: string; version: number };
}

const audited = (key: string) => api.admin`
  select action, detail from audit join workflows w on w.id::text = subject_id
  where w.key = ${key} and action like 'workflow.%' order by audit.id desc limit 1`;

const fail = (id: string) =>
  api.admin`update enrollments set status = 'failed', ended_at = now() where id = ${id}`;

const nobody = {
  ...{ enrolled: 0, ended: 0, failed: 0, goalReached: 0 },
  ...{ writtenTo: 0, unsubscribed: 0, complained: 0 },
  rates: { errors: null, unsubscribes: null, complaints: null },
};

test('activation with a canary publishes a version that a share of new people enters', async () => {
  await drafted('begun');
  const begun = await api.post('/workflows/begun/activate', {
    changelog: 'Waits longer.',
    canary: { share: 100, halt: { errors: 10 } },
  });
  expect(begun.body).toMatchObject({ status: 'active', version: 1, canary: 2 });
  expect((await api.get('/workflows/begun/versions')).body.data).toMatchObject([
    {
      version: 2,
      changelog: 'Waits longer.',
      author: { name: 'test' },
      isActive: false,
      isCanary: true,
    },
    { version: 1, isActive: true, isCanary: false },
  ]);
  expect(await audited('begun')).toMatchObject([
    { action: 'workflow.activate', detail: { status: 'applied', canary: 2, share: 100 } },
  ]);
  expect(await enroll('begun')).toMatchObject({ version: 2 });

  const { status, body } = await api.get('/workflows/begun/canary');
  expect(status).toBe(200);
  expect(body).toEqual({
    ...{ version: 2, activeVersion: 1, state: 'running', share: 100, decision: null },
    halt: { errors: 10, unsubscribes: 1, complaints: 0.1, after: 50 },
    beganAt: expect.stringMatching(/Z$/),
    beganBy: expect.any(String),
    figures: {
      canary: { ...nobody, version: 2, enrolled: 1, rates: { ...nobody.rates, errors: 0 } },
      active: { ...nobody, version: 1 },
    },
  });
});

test('its tests run before, and what is refused publishes nothing', async () => {
  await drafted('failing');
  const tests = [{ name: 'fails', expect: { status: 'failed' } }];
  await api.patch('/workflows/failing', { tests });
  const refused = await api.post('/workflows/failing/activate', { canary: { share: 5 } });
  expectProblem(refused, 409, 'workflow.tests_failed');
  expect((await api.get('/workflows/failing')).body).toMatchObject({ version: 1, canary: null });
  expect((await api.get('/workflows/failing/versions')).body.data).toHaveLength(1);
  expectProblem(await api.get('/workflows/failing/canary'), 404, 'canary.not_found');
  const forced = await api.post('/workflows/failing/activate', {
    ...{ canary: { share: 5 }, force: true },
  });
  expect(forced.body).toMatchObject({ version: 1, canary: 2 });
});

test('a paused workflow may go on with one', async () => {
  await drafted('rested');
  await api.post('/workflows/rested/pause');
  const resumed = await api.post('/workflows/rested/activate', { canary: { share: 100 } });
  expect(resumed.body).toMatchObject({ status: 'active', version: 1, canary: 2 });
  expect(await enroll('rested')).toMatchObject({ version: 2 });
});

describe('refused is a canary', () => {
  const begin = (key: string, more: object = {}) =>
    api.post(`/workflows/${key}/activate`, { canary: { share: 10 }, ...more });

  test('of a workflow that has no version for the others', async () => {
    await api.post('/workflows', waiting('young'));
    const refused = await begin('young');
    expectProblem(refused, 409, 'workflow.not_active');
    expect(refused.body.detail).toContain('Activate it without "canary" first.');
  });

  test('that says what the active version says', async () => {
    await api.post('/workflows', waiting('alike'));
    await api.post('/workflows/alike/activate');
    expectProblem(await begin('alike'), 409, 'canary.no_difference');
  });

  test.each([
    ['a trigger', 'other-trigger', byEvent({ rateLimit: { max: 1, per: '1 day' } }), /cart\.left/],
    ['who may enter', 'other-entry', { settings: { enrollment: { limit: 3 } } }, /limit/],
    [
      'the order of triggers',
      'other-order',
      { triggers: [{ type: 'manual' }, ...byEvent().triggers] },
      /another order/,
    ],
  ])('with another %s, and it says which', async (_what, key, change, words) => {
    const first =
      key === 'other-order' ? [...byEvent().triggers, { type: 'manual' }] : byEvent().triggers;
    await drafted(key, { trigger: undefined, triggers: first });
    await api.patch(`/workflows/${key}`, change);
    const refused = await begin(key);
    expectProblem(refused, 409, 'canary.entry_differs');
    expect(refused.body.detail).toMatch(words);
    expect(await audited(key)).toMatchObject([
      { detail: { status: 'refused', reason: 'canary.entry_differs' } },
    ]);
  });

  test('that would move people', async () => {
    await drafted('moving');
    const refused = await begin('moving', { inFlight: 'migrate' });
    expectProblem(refused, 422, 'request.invalid');
    expect(refused.body.issues).toMatchObject([{ path: 'inFlight' }]);
    expect((await begin('moving', { inFlight: 'drain' })).status).toBe(200);
  });

  test('with a share of nobody or of more than all, or limits that are no percents', async () => {
    await drafted('bounds');
    const wrong = [
      ...[{ share: 0 }, { share: 101 }, {}, { share: 10, halt: { errors: -1 } }],
      ...[
        { share: 10, halt: { after: 0 } },
        { share: 10, halt: { bounces: 1 } },
      ],
    ];
    for (const canary of wrong)
      expectProblem(await begin('bounds', { canary }), 422, 'request.invalid');
  });
});

describe('while a canary runs', () => {
  test('nothing else is published, and the refusal says what to do', async () => {
    await tried('busy');
    await api.patch('/workflows/busy', { name: 'Another' });
    const refused = [
      await api.post('/workflows/busy/activate'),
      await api.post('/workflows/busy/activate', { canary: { share: 5 } }),
      await api.post('/workflows/busy/versions/1/revert'),
    ];
    for (const response of refused) {
      expectProblem(response, 409, 'canary.running');
      expect(response.body.detail).toMatch(
        /Version 2 of "busy".*POST \/api\/v1\/workflows\/busy\/canary\/promote/,
      );
    }
    expect((await api.get('/workflows/busy/versions')).body.data).toHaveLength(2);
    expect((await api.get('/workflows/busy')).body).toMatchObject({ version: 1, canary: 2 });
  });

  test('a paused workflow goes on with both, and with nothing new', async () => {
    await tried('halved');
    expectProblem(await api.post('/workflows/halved/activate'), 409, 'canary.running');
    await api.post('/workflows/halved/pause');
    const moving = await api.post('/workflows/halved/activate', { inFlight: 'migrate' });
    expectProblem(moving, 409, 'canary.running');
    const resumed = await api.post('/workflows/halved/activate');
    expect(resumed.body).toMatchObject({ status: 'active', version: 1, canary: 2 });
    await api.post('/workflows/halved/pause');
    await api.patch('/workflows/halved', { name: 'Another' });
    expectProblem(await api.post('/workflows/halved/activate'), 409, 'canary.running');
    expect((await api.get('/workflows/halved')).body.status).toBe('paused');
  });

  test('share and limits are changed, each alone', async () => {
    await tried('widened', { share: 5, halt: { errors: 7 } });
    const wider = await api.patch('/workflows/widened/canary', { share: 100 });
    expect(wider.body).toMatchObject({ share: 100, halt: { errors: 7, after: 50 } });
    expect(await enroll('widened')).toMatchObject({ version: 2 });
    const stricter = await api.patch('/workflows/widened/canary', { halt: { after: 9 } });
    expect(stricter.body).toMatchObject({ share: 100, halt: { errors: 7, after: 9 } });
    const limits = { errors: 7, unsubscribes: 1, complaints: 0.1, after: 9 };
    expect(await audited('widened')).toMatchObject([
      { action: 'workflow.canary_change', detail: { version: 2, share: 100, limits } },
    ]);
  });

  test('archiving halts it', async () => {
    await tried('archived');
    const { body } = await api.post('/workflows/archived/archive');
    expect(body).toMatchObject({ status: 'archived', canary: null });
    expect((await api.get('/workflows/archived/canary')).body).toMatchObject({
      ...{ state: 'halted', decision: { reason: 'The workflow was archived.' } },
    });
    expect(await audited('archived')).toMatchObject([{ detail: { haltedCanary: 2 } }]);
  });
});

describe('a halt', () => {
  test('by hand says who, why and by which figures; nobody enters it any more', async () => {
    await tried('stopped');
    const inside = await enroll('stopped');
    await fail((await enroll('stopped')).id);
    const halted = await api.post('/workflows/stopped/canary/halt', { reason: 'Too long.' });
    const figures = { enrolled: 2, failed: 1, rates: { errors: 50 } };
    expect(halted.body).toMatchObject({
      state: 'halted',
      decision: { reason: 'Too long.', exceeded: [], figures: { canary: figures } },
    });
    expect(halted.body.decision.by).toBe(halted.body.beganBy);
    expect(await audited('stopped')).toMatchObject([
      {
        action: 'workflow.canary_halt',
        detail: { status: 'applied', version: 2, figures: { canary: { enrolled: 2 } } },
      },
    ]);
    expect(await enroll('stopped')).toMatchObject({ version: 1 });
    expect((await api.get(`/enrollments/${inside.id}`)).body).toMatchObject({
      ...{ version: 2, status: 'running' },
    });
    expect((await api.get('/workflows/stopped')).body).toMatchObject({ version: 1, canary: null });
  });

  test('by its rates names them, and can be read beside the figures of now', async () => {
    await tried('harmful', { share: 100, halt: { after: 2 } });
    await fail((await enroll('harmful')).id);
    await enroll('harmful');
    const { id } = (await api.get('/workflows/harmful')).body as { id: string };
    await api.db.inWorkspace(api.workspaceId, (tx) => judgeCanary(tx, id, new Date()));
    const { body } = await api.get('/workflows/harmful/canary');
    expect(body).toMatchObject({
      state: 'halted',
      decision: {
        by: 'throughline',
        exceeded: [{ rate: 'errors', value: 50, limit: 5, count: 1, of: 2 }],
        figures: { canary: { version: 2, enrolled: 2 }, active: { version: 1, enrolled: 0 } },
      },
    });
  });

  test('is final: what is over is not halted, promoted or changed; another one begins', async () => {
    await tried('over');
    await api.post('/workflows/over/canary/halt');
    const late = [
      await api.post('/workflows/over/canary/halt'),
      await api.post('/workflows/over/canary/promote'),
      await api.patch('/workflows/over/canary', { share: 50 }),
    ];
    for (const response of late) {
      expectProblem(response, 409, 'canary.ended');
      expect(response.body.detail).toContain('was halted at');
    }
    const next = await api.post('/workflows/over/activate', { canary: { share: 100 } });
    expect(next.body).toMatchObject({ version: 1, canary: 3 });
    expect((await api.get('/workflows/over/canary')).body).toMatchObject({
      ...{ version: 3, state: 'running', decision: null, figures: { canary: { enrolled: 0 } } },
    });
  });
});

describe('promoting', () => {
  test('makes it the active version, whose triggers start it', async () => {
    await tried('promoted', { share: 50 });
    const promoted = await api.post('/workflows/promoted/canary/promote', { reason: 'Better.' });
    expect(promoted.body).toMatchObject({
      ...{ version: 2, activeVersion: 1, state: 'promoted', decision: { reason: 'Better.' } },
    });
    expect((await api.get('/workflows/promoted')).body).toMatchObject({
      ...{ version: 2, canary: null, status: 'active' },
    });
    expect((await api.get('/workflows/promoted/versions')).body.data).toMatchObject([
      { version: 2, isActive: true },
      { version: 1, isActive: false },
    ]);
    for (let person = 0; person < 8; person += 1)
      expect(await enroll('promoted')).toMatchObject({ version: 2 });
    expect(await audited('promoted')).toMatchObject([
      { action: 'workflow.canary_promote', detail: { version: 2, inFlight: 'drain' } },
    ]);
    // The draft is what is active now.
    const again = await api.post('/workflows/promoted/activate');
    expect(again.body).toMatchObject({ version: 2 });
  });

  test('keeps the triggers, for the version that is entered now', async () => {
    await api.post('/workflows', waiting('by-event', { trigger: undefined, ...byEvent() }));
    await api.post('/workflows/by-event/activate');
    await api.patch('/workflows/by-event', longer);
    await api.post('/workflows/by-event/activate', { canary: { share: 1 } });
    const triggers = () => api.admin`
      select event_type as type, version from workflow_triggers
      join workflows w on w.id = workflow_id where w.key = 'by-event'`;
    expect(await triggers()).toEqual([{ type: 'cart.left', version: 1 }]);
    await api.post('/workflows/by-event/canary/promote');
    expect(await triggers()).toEqual([{ type: 'cart.left', version: 2 }]);
  });

  test('takes people along where told to, and leaves a pause', async () => {
    await tried('along', { share: 50 });
    for (let person = 0; person < 12; person += 1) await enroll('along');
    await api.post('/workflows/along/pause');
    await api.post('/workflows/along/canary/promote', { inFlight: 'migrate' });
    const { body } = await api.get('/workflows/along');
    expect(body).toMatchObject({ version: 2, status: 'paused' });
    const [counted] = await api.admin`
      select count(*)::int as count from enrollments where workflow_id = ${body.id as string} and version = 1`;
    const jobs =
      await api.admin`select input, selection, total from jobs where workflow_id = ${body.id as string}`;
    expect(jobs).toEqual([
      {
        ...{ input: { version: 2, map: {} }, selection: { exceptVersion: 2 } },
        total: counted?.['count'] as number,
      },
    ]);
  });
});

test('another workspace finds no canary, by any of its routes', async () => {
  await tried('secret');
  const { key } = api.other;
  const calls = [
    api.get('/workflows/secret/canary', key),
    api.patch('/workflows/secret/canary', { share: 1 }, key),
    api.post('/workflows/secret/canary/halt', {}, key),
    api.post('/workflows/secret/canary/promote', {}, key),
  ];
  for (const call of calls) expectProblem(await call, 404, 'workflow.not_found');
  expect((await api.get('/workflows/secret/canary')).body.state).toBe('running');
});

test('the client begins, reads, changes, promotes and halts one', async () => {
  const { workflows } = await ThroughlineClient.connect({
    ...{ address: api.address, apiKey: api.key },
  });
  await drafted('typed');
  const begun = await workflows.activate('typed', { canary: { share: 5 } });
  expect(begun.canary).toBe(2);
  expect((await workflows.canary('typed')).state).toBe('running');
  expect((await workflows.changeCanary('typed', { share: 25 })).share).toBe(25);
  expect((await workflows.promoteCanary('typed', { inFlight: 'drain' })).state).toBe('promoted');
  await workflows.revert('typed', 1);
  await api.patch('/workflows/typed', longer);
  await workflows.activate('typed', { canary: { share: 5 } });
  expect((await workflows.haltCanary('typed')).decision?.exceeded).toEqual([]);
});
