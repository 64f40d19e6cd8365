import request from 'supertest';
import { ERRORS } from '../../src/errors';
import { openApiDocument } from '../../src/http/openapi';
import { routes } from '../../src/http/routes/index';
import { startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: object;
  responses: Record<string, object>;
}

const operations = () => {
  const { paths } = openApiDocument() as unknown as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
};

test('the document lists every route, and no other', () => {
  const listed = operations()
    .map(({ path, method }) => `${method} ${path}`)
    .sort();
  const served = routes
    .map(({ path, method }) => `${method} /api/v1${path.replace(/:(\w+)/g, '{$1}')}`)
    .sort();
  expect(listed).toEqual(served);
});

test('operation ids are unique, and path parameters described', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of operations()) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const described = (operation.parameters ?? [])
      .filter((parameter) => parameter.in === 'path')
      .map(({ name }) => name);
    expect(described).toEqual(named);
  }
});

test('every operation says what it answers, with and without success', () => {
  for (const { method, operation } of operations()) {
    const statuses = Object.keys(operation.responses);
    expect(statuses).toEqual(expect.arrayContaining(['401', '403', '422', '500']));
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    expect(operation.requestBody !== undefined).toBe(!['get', 'delete'].includes(method));
  }
});

test('definitions are said to come and go as YAML where they do', async () => {
  const typesOf = (at: string, method: string) => {
    const { operation } =
      operations().find((each) => each.path === at && each.method === method) ?? {};
    const { requestBody = {}, responses = {} } = operation ?? {};
    const contents = [requestBody, responses['200'] ?? {}] as { content?: object }[];
    return contents.map(({ content = {} }) => Object.keys(content));
  };
  const [JSON_TYPE, YAML_TYPE] = ['application/json', 'application/yaml'];
  expect(typesOf('/api/v1/workflows', 'post')[0]).toEqual([JSON_TYPE, YAML_TYPE]);
  expect(typesOf('/api/v1/workflows/{id}/export', 'get')[1]).toEqual([JSON_TYPE, YAML_TYPE]);
  expect(typesOf('/api/v1/library/{key}', 'get')[1]).toEqual([YAML_TYPE]);
  const journey = await api.get('/library/abandoned-cart');
  expect(journey.headers['content-type']).toMatch(/^application\/yaml/);
});

test('an Idempotency-Key is described as it is taken', async () => {
  const { paths } = openApiDocument() as unknown as {
    paths: Record<
      string,
      { post: { parameters: { name: string; schema: { pattern: string } }[] } }
    >;
  };
  const described = paths['/api/v1/contacts']?.post.parameters.find(
    ({ name }) => name === 'Idempotency-Key',
  );
  const pattern = new RegExp(described?.schema.pattern ?? '^$');
  for (const key of ['x', 'a'.repeat(255), 'a'.repeat(256), 'two words', '!~']) {
    const { status } = await api
      .post('/contacts', { externalId: 'idempotent' })
      .set('Idempotency-Key', key);
    expect([key, status < 300]).toEqual([key, pattern.test(key)]);
  }
});

test('it is served without a key, and whole', async () => {
  const response = await request(api.address).get('/openapi.json');
  expect(response.status).toBe(200);
  expect(response.body).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});

test('codes look alike, and each status is one of HTTP', () => {
  for (const [code, { status, title }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+[0-9x]*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
  }
});

test('health needs no key: alive is alive, ready needs both servers', async () => {
  const get = (path: string) => request(api.address).get(path);
  expect((await get('/healthz')).body).toEqual({ status: 'ok' });
  expect((await get('/readyz')).body).toEqual({ status: 'ready', database: true, temporal: true });
  api.readiness.temporal = false;
  const unready = await get('/readyz');
  expect([unready.status, unready.body]).toEqual([
    503,
    { status: 'not_ready', database: true, temporal: false },
  ]);
});
