import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const set = (name: string, value: unknown, key?: string) =>
  api.post('/variables', { name, value }, key);

/** A journey of one mail. */
const mailing = (key: string, mail: object) => ({
  ...{ key, name: key, trigger: { type: 'manual' } },
  nodes: [{ id: 'mail', type: 'send_email', ...mail }],
  edges: [{ source: 'mail', sourceHandle: 'not_sent', target: 'end' }],
});

test('a variable is made, changed, read and taken away, of any JSON, and each change is noted', async () => {
  const made = await set('discount', '5');
  expect([made.status, made.body]).toEqual([201, { name: 'discount', value: '5' }]);
  expect(made.headers.location).toBe('/api/v1/variables/discount');
  for (const value of [5, null, false, ['a', { b: 1 }], { until: { day: '2026-01-01' } }, '']) {
    expect((await set('discount', value)).status).toBe(200);
    expect((await api.get('/variables/discount')).body).toEqual({ name: 'discount', value });
  }
  expect((await api.delete('/variables/discount')).body).toEqual({ name: 'discount', value: '' });
  expectProblem(await api.get('/variables/discount'), 404, 'variable.not_found');
  expectProblem(await api.delete('/variables/discount'), 404, 'variable.not_found');
  const { body } = await api.get('/audit?subjectId=discount&limit=200');
  expect(body.data).toHaveLength(8);
  expect(body.data[0]).toMatchObject({ action: 'variable.delete', subjectType: 'variable' });
  expect(JSON.stringify(body)).not.toContain('2026-01-01');
});

test('they are listed by their names, in parts', async () => {
  for (const name of ['list_b', 'list_a', 'list_C', 'list-d']) await set(name, 1);
  const seen: string[] = [];
  let cursor = '';
  do {
    const { body } = await api.get(`/variables?limit=2${cursor}`);
    seen.push(...body.data.map(({ name }: { name: string }) => name));
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  expect(seen).toEqual(['list-d', 'list_C', 'list_a', 'list_b']);
});

test('templates and conditions see them', async () => {
  await set('shop', 'Corner Shop');
  const subject = 'Hello from {{ workspace.shop }} / {{ shop }}';
  const definition = mailing('v', { data: { subject, text: 'Hello.' } });
  const { body } = await api.post('/workflows/test', {
    ...{ definition, contact: { email: 'ada@example.com' } },
  });
  expect(body.sends).toMatchObject([{ subject: 'Hello from Corner Shop / Corner Shop' }]);
});

test('what names one that there is not is warned of, and an other name that one gives is not', async () => {
  await set('sender', 'Ann');
  const condition = [{ field: 'workspace.sale_open', operator: 'equals', value: true }];
  const data = { subject: '{{ sender }}', text: '{{ workspace.sneder }} {{ nobody }}' };
  const definition = mailing('named', { data, executeIf: condition });
  const warned = async (answer: Promise<{ body: { warnings?: object[] } }>) =>
    (await answer).body.warnings;
  const expected = [
    { code: 'definition.unknown_name', path: 'nodes[0].data.text', suggestion: 'sender' },
    { code: 'definition.unknown_name', path: 'nodes[0].data.text' },
    { code: 'definition.unknown_name', path: 'nodes[0].executeIf[0].field' },
  ];
  expect(await warned(api.post('/workflows', definition))).toMatchObject(expected);
  expect(await warned(api.get('/workflows/named'))).toMatchObject(expected);
  await set('sale_open', true);
  await set('sneder', 'Bob');
  await set('nobody', 'Eve');
  expect(await warned(api.post('/workflows/named/activate', {}))).toEqual([]);
});

test('stored templates that name one that there is not are warned of', async () => {
  await set('street', 'Main Street');
  const content = { subject: '{{ street }}', text: '{{ workspace.town }} {{ workspace.street }}' };
  const { body } = await api.post('/templates', { key: 'addressed', ...content });
  expect(body.warnings).toEqual([
    {
      ...{ code: 'definition.unknown_name', path: 'text', line: 1, column: 4 },
      message: expect.stringContaining('no variable "town" of the workspace'),
    },
  ]);
});

test('many set at once all count', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `at_once_${index}`);
  await Promise.all(names.map((name) => set(name, name)));
  const { body } = await api.get('/variables?limit=200');
  const there = body.data.map(({ name }: { name: string }) => name);
  expect(there).toEqual(expect.arrayContaining(names));
});

test('all of them together are bounded', async () => {
  expect((await set('half', 'x'.repeat(60_000))).status).toBe(201);
  const large = await set('large', 'x'.repeat(60_000));
  expectProblem(large, 422, 'request.invalid');
  expect(large.body.issues).toMatchObject([{ path: 'value' }]);
  expectProblem(await api.get('/variables/large'), 404, 'variable.not_found');
});

test.each([
  [{ name: 'x' }, 'value'],
  [{ value: 1 }, 'name'],
  [{ name: 'two words', value: 1 }, 'name'],
  [{ name: '__proto__', value: 1 }, 'name'],
  [{ name: 'x', value: 1, scope: 'all' }, 'scope'],
])('%j is refused', async (body, path) => {
  const refused = await api.post('/variables', body);
  expectProblem(refused, 422, 'request.invalid');
  expect(refused.body.issues).toMatchObject([{ path }]);
});

test("reading and writing take a scope each, and another workspace's variables are none", async () => {
  await set('mine', 'secret');
  const reading = await api.keyWith(['workflows:read']);
  expect((await api.get('/variables/mine', reading)).status).toBe(200);
  expectProblem(await set('mine', 1, reading), 403, 'auth.forbidden');
  const { key } = api.other;
  expectProblem(await api.get('/variables/mine', key), 404, 'variable.not_found');
  expectProblem(await api.delete('/variables/mine', key), 404, 'variable.not_found');
  expect((await api.get('/variables', key)).body.data).toEqual([]);
  expect((await set('mine', 'theirs', key)).status).toBe(201);
  expect((await api.get('/variables/mine')).body.value).toBe('secret');
});
