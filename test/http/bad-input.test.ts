import { connect } from 'node:net';
import request from 'supertest';
import { newId } from '../../src/ids';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const issuesOf = (response: request.Response) =>
  (response.body.issues as { code: string; path: string; suggestion?: string }[]).map(
    ({ code, path, suggestion }) => ({
      code,
      path,
      ...(suggestion === undefined ? {} : { suggestion }),
    }),
  );

describe('bodies', () => {
  test('an unknown field is an error with a suggestion', async () => {
    const response = await api.post('/contacts', { email: 'ada@example.com', frstName: 'Ada' });
    expectProblem(response, 422, 'request.invalid');
    expect(issuesOf(response)).toEqual([
      { code: 'request.unknown_field', path: 'frstName', suggestion: 'firstName' },
    ]);
  });

  test('every wrong type is reported at once, by its path', async () => {
    const response = await api.post('/contacts', {
      email: 3,
      tags: ['a', 7],
      attributes: [],
      score: '9',
    });
    expect(issuesOf(response)).toEqual(
      expect.arrayContaining([
        { code: 'request.wrong_type', path: 'email' },
        { code: 'request.wrong_type', path: 'tags[1]' },
        { code: 'request.wrong_value', path: 'attributes' },
        { code: 'request.wrong_type', path: 'score' },
      ]),
    );
  });

  test('in a batch the path names the item', async () => {
    const good = { contactId: '01890000-0000-7000-8000-000000000001', type: 'a.b' };
    const response = await api.post('/events', [good, { ...good, tpye: 'x' }, { type: 'a.b' }]);
    expectProblem(response, 422, 'request.invalid');
    expect(issuesOf(response)).toEqual([
      { code: 'request.unknown_field', path: '[1].tpye', suggestion: 'type' },
      { code: 'request.wrong_value', path: '[2]' },
    ]);
  });

  test('a field inside an inline contact is named by its whole path', async () => {
    await api.post('/workflows', waiting('inline'));
    const response = await api.post('/workflows/inline/enrollments', {
      contact: { email: 'a@example.com', fristName: 'x' },
    });
    expect(issuesOf(response)).toEqual([
      { code: 'request.unknown_field', path: 'contact.fristName', suggestion: 'firstName' },
    ]);
  });

  test.each(['/contacts', '/workflows', '/events'])(
    '%s refuses keys that reach a prototype',
    async (path) => {
      for (const key of ['__proto__', 'constructor', 'prototype']) {
        const body = `{"email":"ada@example.com","type":"a.b","attributes":{"${key}":{"isAdmin":true}}}`;
        const response = await api.post(path).set('Content-Type', 'application/json').send(body);
        const isDefinition = path === '/workflows';
        expectProblem(response, 422, isDefinition ? 'definition.invalid' : 'request.invalid');
        expect(response.body.issues[0]).toMatchObject({
          code: isDefinition ? 'definition.forbidden_key' : 'request.forbidden_key',
          path: `attributes.${key}`,
        });
      }
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    },
  );

  test('a NUL character and half a surrogate pair are refused, also in keys', async () => {
    for (const attributes of [{ a: 'x\0' }, { 'a\0': 1 }, { a: '\ud800' }]) {
      const response = await api.post('/contacts', { email: 'ada@example.com', attributes });
      expectProblem(response, 422, 'request.invalid');
      expect(issuesOf(response)[0]).toMatchObject({ code: 'request.forbidden_character' });
    }
  });

  test('values nested too deeply are refused without exhausting the stack', async () => {
    const deep = `{"email":"a@example.com","attributes":{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}}`;
    const response = await api.post('/contacts').set('Content-Type', 'application/json').send(deep);
    expectProblem(response, 422, 'request.invalid');
    expect(issuesOf(response)).toEqual([
      { code: 'request.too_deep', path: expect.stringContaining('attributes.a[0]') },
    ]);
  });

  test.each([
    ['{"email":', 1, 10],
    ['nonsense', 1, 1],
    ['{"email": "a@example.com",\n "score": }', 2, 11],
  ])('%p is no JSON, and the answer says where', async (body, line, column) => {
    const response = await api.post('/contacts').set('Content-Type', 'application/json').send(body);
    expectProblem(response, 400, 'request.unparsable');
    expect(response.body.detail).toContain(`at line ${line}, column ${column}.`);
    expect(response.body.issues).toMatchObject([{ code: 'request.unparsable', line, column }]);
  });

  test.each(['null', '"a text"', '7', 'true'])('%s is JSON, but no object', async (body) => {
    for (const path of ['/contacts', '/events', '/workflows', '/workflows/import']) {
      const response = await api.post(path).set('Content-Type', 'application/json').send(body);
      expectProblem(response, 422, 'request.invalid');
      expect(response.body.detail).toMatch(/^The body is JSON, but no object. Expected an object/);
      expect(issuesOf(response)).toEqual([{ code: 'request.wrong_type', path: '' }]);
    }
  });

  test('another content type is refused, and an empty body is an empty object', async () => {
    expectProblem(
      await api.post('/contacts').set('Content-Type', 'text/plain').send('x'),
      415,
      'request.unsupported_media_type',
    );
    const form = await api
      .post('/contacts')
      .set('Content-Type', 'application/x-www-form-urlencoded')
      .send('email=a@example.com');
    expectProblem(form, 415, 'request.unsupported_media_type');
    expect(form.body.accepts).toEqual(['application/json']);
    const page = await api.post('/workflows').set('Content-Type', 'text/html').send('<p>');
    expect(page.body.accepts).toEqual(['application/json', 'application/yaml']);
    const packed = await api
      .post('/contacts')
      .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'zip' })
      .send('{}');
    expectProblem(packed, 415, 'request.unsupported_media_type');
    expect(packed.body.accepts).toContain('gzip');
    expectProblem(await api.post('/contacts'), 422, 'request.invalid');
  });

  test('bodies are limited: 100 kB, definitions and batches 1 MB', async () => {
    const kilobytes = (count: number) => 'x'.repeat(count * 1_000);
    const large = { email: 'a@example.com', attributes: { a: kilobytes(101) } };
    const refused = await api.post('/contacts', large);
    expectProblem(refused, 413, 'request.too_large');
    expect(refused.body).toMatchObject({ limit: 100_000 });
    expect(
      (await api.post('/contacts', { email: 'b@example.com', attributes: { a: kilobytes(90) } }))
        .status,
    ).toBe(201);
    expectProblem(
      await api.post('/workflows', waiting('big', { description: kilobytes(1_001) })),
      413,
      'request.too_large',
    );
    expectProblem(
      await api.post('/workflows', waiting('big', { description: kilobytes(900) })),
      422,
      'definition.invalid',
    );
    const event = { email: 'b@example.com', type: 'a.b', properties: { a: kilobytes(1_001) } };
    expectProblem(await api.post('/events', event), 413, 'request.too_large');
  });

  test('a thousand events fit a batch and one more does not', async () => {
    const batch = (length: number) =>
      Array.from({ length }, () => ({ email: 'nobody@example.com', type: 'a.b' }));
    expect((await api.post('/events', batch(1_000))).body).toMatchObject({
      accepted: 0,
      rejected: 1_000,
    });
    expectProblem(await api.post('/events', batch(1_001)), 422, 'request.invalid');
    const none = await api.post('/events', []);
    expectProblem(none, 422, 'request.invalid');
    expect(none.body.detail).toBe(
      'The request is not valid. Expected at least one entry, got none.',
    );
  });
});

describe('definitions', () => {
  test('every problem of a definition is told at once', async () => {
    const response = await api.post('/workflows', {
      key: 'broken',
      name: 'Broken',
      trigger: { type: 'manual' },
      nodes: [
        { id: 'a', type: 'send_emial', data: {} },
        { id: 'b', type: 'wait', data: { for: '1h', fro: 1 } },
      ],
      edges: [{ source: 'a', target: 'c' }],
    });
    expectProblem(response, 422, 'definition.invalid');
    expect(issuesOf(response)).toEqual(
      expect.arrayContaining([
        { code: 'definition.unknown_node_type', path: 'nodes[0].type', suggestion: 'send_email' },
        { code: 'definition.unknown_field', path: 'nodes[1].data.fro', suggestion: 'for' },
        { code: 'definition.dangling_edge', path: 'edges[0].target' },
      ]),
    );
    expectProblem(await api.get('/workflows/broken'), 404, 'workflow.not_found');
  });

  test('a definition without nodes is told so in words of ours', async () => {
    const response = await api.post('/workflows', waiting('none', { nodes: [], edges: [] }));
    expectProblem(response, 422, 'definition.invalid');
    expect(response.body.issues).toMatchObject([
      { path: 'nodes', message: 'Expected at least one entry, got none.' },
    ]);
  });

  test('a definition that is no object is refused', async () => {
    expectProblem(await api.post('/workflows', []), 422, 'definition.invalid');
    expectProblem(await api.post('/workflows', {}), 422, 'definition.invalid');
  });
});

describe('addresses, queries and headers', () => {
  test('unknown and repeated query fields, wrong limits and foreign cursors are refused', async () => {
    const misspelt = await api.get('/contacts?limt=3');
    expectProblem(misspelt, 422, 'request.invalid');
    expect(issuesOf(misspelt)).toEqual([
      { code: 'request.unknown_field', path: 'limt', suggestion: 'limit' },
    ]);
    const bad = [
      '/contacts?limit=0',
      '/contacts?limit=201',
      '/contacts?limit=1&limit=2',
      '/contacts?cursor=xyz',
      '/contacts?cursor=%00',
      '/events?from=yesterday',
      '/events?type=a%00',
      '/workflows?status=x',
    ];
    for (const path of bad) expectProblem(await api.get(path), 422, 'request.invalid');
  });

  test('an address that cannot be decoded is unparsable, and ids that are none name nothing', async () => {
    expectProblem(await api.get('/contacts/%ff'), 400, 'request.unparsable');
    for (const id of ['1', '%00', "'; drop table contacts; --", '../x', 'x'.repeat(3_000)]) {
      expectProblem(await api.get(`/contacts/${encodeURIComponent(id)}`), 404, 'contact.not_found');
      expectProblem(
        await api.get(`/enrollments/${encodeURIComponent(id)}`),
        404,
        'enrollment.not_found',
      );
    }
    expectProblem(await api.get('/workflows/%00'), 422, 'request.invalid');
    expectProblem(await api.get('/workflows/nothing'), 404, 'workflow.not_found');
  });

  test('unknown addresses and methods are problems too', async () => {
    expectProblem(await request(api.address).get('/nothing'), 404, 'route.not_found');
    expectProblem(await api.get('/nothing'), 404, 'route.not_found');
    const response = await request(api.address).put('/api/v1/contacts');
    expectProblem(response, 405, 'route.method_not_allowed');
    expect(response.headers.allow).toBe('POST, GET');
  });

  test('a usable request id is kept, another one replaced', async () => {
    expect((await api.get('/contacts').set('X-Request-Id', 'mine-1')).headers['x-request-id']).toBe(
      'mine-1',
    );
    expect((await api.get('/contacts').set('X-Request-Id', 'a b')).headers['x-request-id']).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  test('a request that is cut off leaves the API standing', async () => {
    const { port } = new URL(api.address);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST /api/v1/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.key}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"email":`,
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.once('close', () => resolve());
    });
    expect((await request(api.address).get('/healthz')).status).toBe(200);
  });
});

test('a version of more digits than any has is refused, wherever it is given', async () => {
  await api.post('/workflows', waiting('versions'));
  const version = 5_233_826_778_988;
  const at = '/workflows/versions';
  const nobody = newId();
  const answers = await Promise.all([
    api.post(`${at}/migrations`, { to: version }),
    api.post(`${at}/migrations/plan`, { to: 1, from: version }),
    api.post(`${at}/enrollments/commands`, { type: 'cancel', where: { version } }),
    api.post(`/enrollments/${nobody}/migrate`, { version }),
    api.get(`${at}/enrollments?version=${version}`),
    api.get(`${at}/stats?version=${version}`),
    api.get(`${at}/versions/${version}`),
    api.get(`${at}/versions/diff?from=${version}`),
  ]);
  for (const answer of answers) expectProblem(answer, 422, 'request.invalid');
});
