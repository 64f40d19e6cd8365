import request from 'supertest';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';

/** A body of these bytes, whatever they are. */
function send(
  path: string,
  type: string,
  body: string | Buffer,
  method: 'post' | 'patch' = 'post',
) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return request(api.address)
    [method](`/api/v1${path}`)
    .set({ Authorization: `Bearer ${api.key}`, 'Content-Type': type })
    .serialize((sent: unknown) => sent as string)
    .send(bytes as never);
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('a body that is not UTF-8', () => {
  test.each([
    ['/contacts', JSON_TYPE, '{"email": "zoe@example.com", "firstName": "Zoë"}'],
    ['/workflows', JSON_TYPE, JSON.stringify(waiting('latin', { name: 'Zoë' }))],
    [
      '/workflows',
      YAML_TYPE,
      'name: Zoë\ntrigger: { type: manual }\nsteps: [{ id: a, type: exit }]',
    ],
  ])('is refused at %s as %s', async (path, type, text) => {
    const refused = await send(path, type, latin1(text));
    expectProblem(refused, 422, 'request.invalid');
    expect(refused.body.issues).toMatchObject([{ code: 'request.forbidden_character', path: '' }]);
    expect((await send(path, type, text)).status).toBe(201);
  });

  test('is refused by the name of its charset, too', async () => {
    const type = `${JSON_TYPE}; charset=iso-8859-1`;
    const refused = await send('/contacts', type, latin1('{"firstName": "Zoë"}'));
    expectProblem(refused, 415, 'request.unsupported_media_type');
    expect(refused.body.accepts).toEqual(['utf-8']);
    const named = await send(
      '/contacts',
      `${JSON_TYPE}; charset="UTF-8"`,
      '{"email": "a@b.example"}',
    );
    expect(named.status).toBe(201);
  });
});

describe('a definition as JSON', () => {
  const text = (key: string, type = '"type": "manual"', node = 'exit') =>
    [
      '{',
      `  "key": "${key}", "name": "Twice",`,
      `  "trigger": { ${type} },`,
      `  "steps": [{ "id": "a", "type": "${node}" }]`,
      '}',
    ].join('\n');

  test.each(['/workflows', '/workflows/import'])('has lines and columns at %s', async (path) => {
    const refused = await send(path, JSON_TYPE, text('lines', undefined, 'exot'));
    expectProblem(refused, 422, 'definition.invalid');
    expect(refused.body.issues).toMatchObject([
      { code: 'definition.unknown_node_type', path: 'steps[0].type', line: 4, column: 34 },
    ]);
  });

  test.each(['/workflows', '/workflows/import'])(
    'with a name given twice is refused at %s',
    async (path) => {
      const twice = text('twice', '"type": "event", "type": "manual"');
      const refused = await send(path, JSON_TYPE, twice);
      expectProblem(refused, 422, 'definition.invalid');
      expect(refused.body.issues).toMatchObject([
        { code: 'definition.duplicate_key', line: 3, column: 33 },
      ]);
      expectProblem(await api.get('/workflows/twice'), 404, 'workflow.not_found');
    },
  );

  test('with a name given twice changes nothing', async () => {
    await api.post('/workflows', waiting('kept'));
    const patch = '{ "name": "One",\n  "name": "Two" }';
    const refused = await send('/workflows/kept', JSON_TYPE, patch, 'patch');
    expectProblem(refused, 422, 'definition.invalid');
    expect(refused.body.issues).toMatchObject([
      { code: 'definition.duplicate_key', line: 2, column: 3 },
    ]);
    expect((await api.get('/workflows/kept')).body).toMatchObject({ name: 'Waiting', revision: 1 });
  });

  test('is the same request under an idempotency key, however it is written', async () => {
    const first = await send('/workflows', JSON_TYPE, text('once')).set('Idempotency-Key', 'k1');
    expect(first.status).toBe(201);
    const again = await api
      .post('/workflows', JSON.parse(text('once')) as object)
      .set('Idempotency-Key', 'k1');
    expect(again.headers['idempotent-replayed']).toBe('true');
  });
});

test('an empty body is an empty object, in chunks as well', async () => {
  for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
    const refused = await api.post('/workflows').set({ 'Content-Type': JSON_TYPE, ...headers });
    expectProblem(refused, 422, 'definition.invalid');
    expect(refused.body.issues[0]).toMatchObject({ code: 'definition.missing_field' });
  }
});

test('a large definition is exported as YAML that can be imported', async () => {
  const condition = Array.from({ length: 10 }, () => ({ field: 'email', operator: 'exists' }));
  const steps = Array.from({ length: 99 }, (_, index) => ({
    id: `n${index}`,
    type: 'condition',
    config: { condition },
    branches: { true: `n${index + 1}`, false: `n${index + 1}` },
  }));
  const definition = {
    key: 'large',
    name: 'Large',
    trigger: { type: 'manual' },
    steps: [...steps, { id: 'n99', type: 'exit' }],
  };
  expect((await api.post('/workflows/import', definition)).status).toBe(201);
  for (const form of ['graph', 'steps', 'actions']) {
    const { text } = await api.get(`/workflows/large/export?form=${form}`);
    expect((await send('/workflows/import', YAML_TYPE, text)).status).toBe(200);
  }
});
