import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

const ask = { url: 'https://api.example.com/customers' };

const saved = async (save: object, output: unknown) => {
  const { variables } = await runNode(
    'http_request',
    { ...ask, save },
    { mocks: { it: { output: output as string } } },
  );
  return variables;
};

it.each([
  { headers: { 'X-A': '{{ variables.t }}' } },
  { auth: { type: 'bearer', token: '{{ variables.t }}' } },
])('fails where %j has a line break', async (data) => {
  const { error, calls } = await runNode(
    'http_request',
    { ...ask, ...data },
    { variables: { t: 'a\nX-Admin: 1' } },
  );
  expect({ code: error?.code, calls }).toEqual({ code: 'http.header_refused', calls: [] });
});

it('asks with GET, and with POST where there is a body', async () => {
  const { calls } = await runNode('http_request', ask);
  expect(calls).toEqual([
    {
      at: START,
      nodeId: 'it',
      type: 'http_request',
      target: 'GET https://api.example.com/customers',
    },
  ]);
  const posted = await runNode('http_request', { ...ask, body: { a: 1 } });
  expect(posted.calls).toMatchObject([{ target: 'https://api.example.com/customers' }]);
});

it.each([
  ['id', { id: 7 }, 7],
  ['data.items[0].name', { data: { items: [{ name: 'a' }] } }, 'a'],
  ['data.items.1', { data: { items: ['a', 'b'] } }, 'b'],
  ['/data/a~1b', { data: { 'a/b': true } }, true],
  ['body', [1, 2], [1, 2]],
  ['body', 'plain text', 'plain text'],
  ['body[1]', [1, 2], 2],
  ['body.status', { status: 'new' }, 'new'],
  ['status', { status: 'new' }, 200],
  ['headers.location', { headers: { location: 'x' } }, null],
  ['gone', { id: 7 }, null],
  ['id.deeper', { id: 7 }, null],
  ['__proto__', { id: 7 }, null],
  ['constructor.name', { id: 7 }, null],
  ['items.length', { items: [1] }, null],
])('saves %s of %j', async (path, output, value) => {
  expect(await saved({ it: path }, output)).toEqual({ it: value });
});

it('sets what it saves to null when the answer is not mocked', async () => {
  const { variables } = await runNode('http_request', { ...ask, save: { plan: 'plan' } });
  expect(variables).toEqual({ plan: null });
});

it.each([
  ['long', { body: 'x'.repeat(40_000) }],
  [
    'deep',
    {
      body: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown,
    },
  ],
])('fails when what is saved is too %s', async (_, output) => {
  const { error, variables } = await runNode(
    'http_request',
    { ...ask, save: { all: 'body' } },
    { mocks: { it: { output: output as unknown as string } } },
  );
  expect(error?.code).toBe('http.too_large');
  expect(variables).toEqual({});
});

it.each([
  [{ ...ask, save: { 'a b': 'id' } }, 'save.a b'],
  [{ ...ask, save: { a: '..' } }, 'save.a: Expected a path'],
  [{ ...ask, save: { a: 'x[y]' } }, 'save.a: Expected a path'],
  [{ ...ask, auth: { type: 'magic' } }, 'auth'],
  [{ ...ask, auth: { type: 'bearer' } }, 'auth.token'],
  [{ ...ask, method: 'HEAD', body: {} }, 'body: A GET or HEAD has no body'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('http_request', data).join()).toContain(problem);
});
