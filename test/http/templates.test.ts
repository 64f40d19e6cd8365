import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const HELLO = { subject: 'Hi {{ first_name }}', text: 'Your code is {{ coupon }}' };
const created = async (key: string, content: object = HELLO) =>
  (await api.post('/templates', { key, ...content })).body;

const sending = (key: string, template: string, changes: Record<string, unknown> = {}) =>
  waiting(key, {
    nodes: [{ id: 'mail', type: 'send_email', data: { template } }],
    edges: [{ source: 'mail', sourceHandle: 'not_sent', target: 'end' }],
    ...changes,
  });

describe('a template', () => {
  test('is created, read by id and key, listed without bodies, replaced and deleted', async () => {
    const answer = await api.post('/templates', { key: 'hello', name: 'Hello', ...HELLO });
    expect(answer.status).toBe(201);
    const { id } = answer.body;
    expect(answer.headers).toMatchObject({ etag: '"1"', location: `/api/v1/templates/${id}` });
    expect(answer.body).toMatchObject({
      ...{ key: 'hello', name: 'Hello', version: 1, ...HELLO, html: null, mjml: null },
      warnings: [{ code: 'definition.unknown_name', path: 'text', line: 1, column: 17 }],
    });
    const { warnings: _w, ...stored } = answer.body;
    expect((await api.get(`/templates/${id}`)).body).toEqual(stored);
    expect((await api.get('/templates/hello')).body).toEqual(stored);
    const { data } = (await api.get('/templates')).body;
    expect(data).toEqual([
      expect.objectContaining({ id, key: 'hello', name: 'Hello', version: 1 }),
    ]);
    expect(data[0]).not.toHaveProperty('text');

    const replaced = await api.put('/templates/hello', { subject: 'Bye', html: '<p>Bye</p>' });
    expect(replaced.headers.etag).toBe('"2"');
    expect(replaced.body).toMatchObject({
      ...{ id, name: 'Hello', version: 2, subject: 'Bye', html: '<p>Bye</p>', text: null },
    });
    expect((await api.get('/templates/hello?version=1')).body).toMatchObject({
      version: 1,
      ...HELLO,
    });
    expectProblem(await api.get('/templates/hello?version=3'), 404, 'template.not_found');
    const same = await api.put('/templates/hello', { subject: 'Bye', html: '<p>Bye</p>' });
    expect(same.body).toMatchObject({ version: 2, updatedAt: replaced.body.updatedAt });

    expect((await api.delete('/templates/hello')).body).toMatchObject({ id, version: 2 });
    expectProblem(await api.get('/templates/hello'), 404, 'template.not_found');
    const { body: audit } = await api.get(`/audit?subjectId=${id}`);
    expect(audit.data).toMatchObject([
      { action: 'template.delete' },
      { action: 'template.replace', detail: { key: 'hello', version: 2 } },
      { action: 'template.create' },
    ]);
  });

  test('has a key of its own for good', async () => {
    await created('taken');
    expectProblem(
      await api.post('/templates', { key: 'taken', ...HELLO }),
      409,
      'template.key_taken',
    );
    const refused = await api.put('/templates/taken', { key: 'other', ...HELLO });
    expect(refused.body.issues).toMatchObject([{ code: 'request.unknown_field', path: 'key' }]);
  });

  test('is replaced by whoever has read it last', async () => {
    await created('shared');
    const first = await api
      .put('/templates/shared', { ...HELLO, subject: 'A' })
      .set('If-Match', '"1"');
    expect(first.body.version).toBe(2);
    const second = await api
      .put('/templates/shared', { ...HELLO, subject: 'B' })
      .set('If-Match', '"1"');
    expectProblem(second, 412, 'template.changed');
    expectProblem(
      await api.delete('/templates/shared').set('If-Match', '"1"'),
      412,
      'template.changed',
    );
    expect((await api.get('/templates/shared')).body.subject).toBe('A');
  });

  test('written by many at once gets a version for each', async () => {
    await created('busy');
    const subjects = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(
      subjects.map(async (subject) => api.put('/templates/busy', { ...HELLO, subject })),
    );
    expect((await api.get('/templates/busy')).body.version).toBe(6);
  });

  test.each([
    [{ subject: 'x' }, '', 'html'],
    [{ subject: 'x', html: 'a', mjml: '<mjml/>' }, 'mjml', 'one HTML body'],
    [{ ...HELLO, preheader: 'x' }, 'preheader', 'no preheader'],
    [{ text: 'x' }, 'subject', ''],
    [{ ...HELLO, key: 'Not A Key' }, 'key', 'lower-case'],
    [{ ...HELLO, key: '018f0000-0000-7000-8000-000000000001' }, 'key', 'form of an id'],
    [{ ...HELLO, body: 'x' }, 'body', ''],
  ])('%j is refused', async (body, path, words) => {
    const refused = await api.post('/templates', { key: 'x', ...body });
    expectProblem(refused, 422, 'request.invalid');
    expect(refused.body.issues).toMatchObject([{ path, message: expect.stringContaining(words) }]);
  });

  test('that cannot be read is refused with the line and what is wrong, every fault at once', async () => {
    const refused = await api.post('/templates', {
      ...{ key: 'broken', subject: '{{ first_name | shout }}' },
      mjml: '<mjml>\n  <mj-body>\n    <mj-text>x</mj-body>\n</mjml>',
      text: 'Hello\n{% if a %}',
    });
    expectProblem(refused, 422, 'request.invalid');
    expect(refused.body.issues).toMatchObject([
      { code: 'definition.bad_template', path: 'subject', line: 1 },
      {
        ...{ code: 'definition.bad_template', path: 'mjml', line: 3, column: 15 },
        message: expect.stringContaining('</mj-body> comes while <mj-text> is open'),
      },
      { code: 'definition.bad_template', path: 'text', line: 2, column: 1 },
    ]);
    const near = await created('near', { subject: 'Hi {{ firstname }}', text: 'x' });
    expect(near.warnings).toMatchObject([
      { code: 'definition.misspelt_name', path: 'subject', suggestion: 'first_name' },
    ]);
  });
});

describe('workflows and templates', () => {
  test('one that names an unknown template is stored with a warning, and not activated', async () => {
    const draft = await api.post('/workflows', sending('lonely', 'nobody-wrote-it'));
    const issue = { code: 'definition.unknown_template', path: 'nodes[0].data.template' };
    expect(draft).toMatchObject({ status: 201, body: { warnings: [issue] } });
    const refused = await api.post('/workflows/lonely/activate');
    expectProblem(refused, 422, 'definition.invalid');
    expect(refused.body.issues).toMatchObject([issue]);
    await created('nobody-wrote-it');
    expect((await api.post('/workflows/lonely/activate')).status).toBe(200);
  });

  test('a dry run shows what the stored template says, and a test may expect it', async () => {
    await created('shown', {
      subject: 'Hi {{ first_name }}',
      mjml: '<mjml><mj-body></mj-body></mjml>',
    });
    const test = (subject: string) => ({
      name: 'says hi',
      contact: { email: 'ada@example.com', firstName: 'Ada' },
      expect: { sends: [{ nodeId: 'mail', subject }] },
    });
    await api.post('/workflows', sending('shows', 'shown', { tests: [test('Hi Bo')] }));
    const { body } = await api.post('/workflows/shows/test', { contact: test('').contact });
    expect(body.sends).toMatchObject([
      { subject: 'Hi Ada', html: expect.stringMatching(/^<!doctype/) },
    ]);
    expectProblem(await api.post('/workflows/shows/activate'), 409, 'workflow.tests_failed');
    await api.patch('/workflows/shows', { tests: [test('Hi Ada')] });
    expect((await api.post('/workflows/shows/activate')).status).toBe(200);
  });

  test('a dry run with a template that nobody knows sends a mail and shows no content', async () => {
    const definition = sending('dry', 'unknown');
    const contact = { email: 'ada@example.com' };
    const { body } = await api.post('/workflows/test', { definition, contact });
    expect(body.sends).toEqual([
      expect.objectContaining({ channel: 'email', to: 'ada@example.com', nodeId: 'mail' }),
    ]);
    expect(body.sends[0]).not.toHaveProperty('subject');
    expect(body.warnings).toMatchObject([{ code: 'definition.unknown_template' }]);
  });

  test('a template that is used is not deleted: by drafts in any form, by versions that are entered or under way', async () => {
    await created('used');
    const steps = [{ id: 'mail', type: 'email', config: { templateId: 'used' } }];
    await api.post('/workflows', {
      key: 'old-form',
      name: 'Old',
      trigger: { type: 'manual' },
      steps,
    });
    await api.post('/workflows', sending('user', 'used'));
    await api.post('/workflows/user/activate');
    const refused = await api.delete('/templates/used');
    expectProblem(refused, 409, 'template.in_use');
    expect(refused.body.uses).toEqual([
      { workflow: 'old-form', version: null },
      { workflow: 'user', version: null },
      { workflow: 'user', version: 1 },
    ]);
    const { body: ada } = await api.post('/contacts', { email: 'under-way@example.com' });
    const { body: entered } = await api.post('/workflows/user/enrollments', { contactId: ada.id });
    await created('next');
    for (const key of ['old-form', 'user'])
      await api.patch(
        `/workflows/${key}`,
        key === 'user'
          ? sending(key, 'next')
          : { steps: [{ ...steps[0], config: { template: 'next' } }] },
      );
    await api.post('/workflows/user/activate');
    const underWay = await api.delete('/templates/used');
    expect(underWay.body.uses).toEqual([{ workflow: 'user', version: 1 }]);
    await api.admin`update enrollments set ended_at = now(), status = 'completed' where id = ${entered.id}`;
    expect((await api.delete('/templates/used')).status).toBe(200);
    expectProblem(await api.delete('/templates/next'), 409, 'template.in_use');
  });

  test('of who deletes a template and who publishes a version with it again, one is refused', async () => {
    const race = async (n: number) => {
      const [key, template] = [`racer-${n}`, `race-${n}`];
      await created(template);
      await api.post('/workflows', sending(key, template));
      await api.post(`/workflows/${key}/activate`);
      await api.patch(`/workflows/${key}`, waiting(key));
      await api.post(`/workflows/${key}/activate`);
      const [reverted, deleted] = await Promise.all([
        api.post(`/workflows/${key}/versions/1/revert`),
        api.delete(`/templates/${template}`),
      ]);
      return [reverted.status, deleted.status];
    };
    for (const statuses of await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(race)))
      expect([
        [200, 409],
        [422, 200],
      ]).toContainEqual(statuses);
  });

  test('a template whose key stands in a draft as something else may go', async () => {
    await created('pause');
    await api.post('/workflows', waiting('named-so'));
    expect((await api.delete('/templates/pause')).status).toBe(200);
  });
});

test('reading and writing take a scope each', async () => {
  await created('scoped');
  const reading = await api.keyWith(['workflows:read']);
  expect((await api.get('/templates/scoped', reading)).status).toBe(200);
  expect((await api.post('/templates/scoped/preview', {}, reading)).status).toBe(200);
  for (const refused of [
    api.post('/templates', { key: 'mine', ...HELLO }, reading),
    api.put('/templates/scoped', HELLO, reading),
    api.delete('/templates/scoped', reading),
    api.post('/templates/scoped/test', { to: 'a@example.com' }, reading),
  ])
    expectProblem(await refused, 403, 'auth.forbidden');
});

test("another workspace's templates are none, and a key may be used there too", async () => {
  const { id } = await created('ours');
  const { body: trial } = await api.post('/templates/ours/test', { to: 'a@example.com' });
  const { key } = api.other;
  for (const path of [`/templates/${id}`, '/templates/ours']) {
    expectProblem(await api.get(path, key), 404, 'template.not_found');
    expectProblem(await api.put(path, HELLO, key), 404, 'template.not_found');
    expectProblem(await api.delete(path, key), 404, 'template.not_found');
    expectProblem(await api.post(`${path}/preview`, {}, key), 404, 'template.not_found');
    const test = api.post(`${path}/test`, { to: 'a@example.com' }, key);
    expectProblem(await test, 404, 'template.not_found');
    expectProblem(await api.get(`${path}/tests/${trial.id}`, key), 404, 'template.not_found');
  }
  expect((await api.get('/templates', key)).body.data).toEqual([]);
  expect((await api.post('/templates', { key: 'ours', ...HELLO }, key)).status).toBe(201);
  expectProblem(
    await api.get(`/templates/ours/tests/${trial.id}`, key),
    404,
    'template.test_not_found',
  );
});
