import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

const hook = { url: 'https://crm.example.com/hooks' };

it('is a call and no message', async () => {
  const { calls, sends, steps } = await runNode('webhook', {
    url: 'https://crm.example.com/{{ contact.email | url_encode }}',
  });
  expect(calls).toEqual([
    {
      at: START,
      nodeId: 'it',
      type: 'webhook',
      target: 'https://crm.example.com/ada%40example.com',
    },
  ]);
  expect(sends).toEqual([]);
  expect(steps).toMatchObject([{ port: 'next', code: 'call.done', output: { status: 200 } }]);
});

it('shows another method than POST', async () => {
  const { calls } = await runNode('webhook', { ...hook, method: 'put' });
  expect(calls).toMatchObject([{ target: 'PUT https://crm.example.com/hooks' }]);
});

it('fails with the code of the receiver after its attempts', async () => {
  const { status, error, endedAt } = await runNode('webhook', hook, {
    mocks: { it: { error: { code: 'http.status_5xx' } } },
  });
  expect({ status, error: error?.code }).toEqual({ status: 'failed', error: 'http.status_5xx' });
  expect(endedAt).toBe(START + 3_000);
});

it('fails for a template that gives no address', async () => {
  const { error, calls } = await runNode('webhook', { url: '{{ contact.hook }}' });
  expect(error?.code).toBe('http.invalid_url');
  expect(calls).toEqual([]);
});

it.each([
  [{ headers: { 'X-A': '{{ variables.t }}' } }, 'http.header_refused'],
  [{ secret: '{{ variables.t }}' }, 'webhook.bad_secret'],
])('fails where %j cannot be sent', async (data, code) => {
  const { error, calls } = await runNode(
    'webhook',
    { ...hook, ...data },
    { variables: { t: 'a\nX-Admin: 1' } },
  );
  expect({ code: error?.code, calls }).toEqual({ code, calls: [] });
});

it.each([
  [{}, 'url'],
  [{ url: 'ftp://example.com' }, 'url: Expected an address that begins with https://'],
  [{ url: 'https://me:secret@example.com' }, 'url: A user name or password'],
  [{ ...hook, method: 'TRACE' }, 'method'],
  [{ ...hook, method: 'GET', body: 'x' }, 'body: A GET or HEAD has no body'],
  [{ ...hook, headers: { Host: 'x' } }, 'headers.Host'],
  [{ ...hook, headers: { 'webhook-id': 'x' } }, 'headers.webhook-id'],
  [{ ...hook, headers: { 'a b': 'x' } }, 'headers.a b'],
  [{ ...hook, secret: 'hunter2' }, 'secret: A secret is "whsec_"'],
  [{ ...hook, onUnknown: 'pray' }, 'onUnknown'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('webhook', data).join()).toContain(problem);
});

it.each([
  [{ ...hook, secret: '{{ workspace.hook_secret }}' }],
  [{ ...hook, body: [1, { deep: ['{{ contact.email }}'] }] }],
  [{ url: '{{ workspace.hook }}' }],
  [{ url: 'https://example.com/?mail={{ contact.email }}&at=@' }],
])('accepts %j', (data) => {
  expect(problemsOf('webhook', data)).toEqual([]);
});
