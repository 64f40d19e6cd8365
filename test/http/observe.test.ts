import type { AddressInfo } from 'node:net';
import express from 'express';
import request from 'supertest';
import { observed, taken } from '../../src/http/observe';
import { requestId } from '../../src/http/request-id';
import type { Logger } from '../../src/log';

test('the line of a request has ids, and nothing of what was asked or answered', async () => {
  const lines: object[] = [];
  const log = { debug: (fields: object) => void lines.push(fields) } as unknown as Logger;
  const app = express();
  app.use(requestId, observed(log));
  app.post('/contacts/:id', taken('/contacts/:id'), (_request, response) => {
    response.locals['key'] = { workspaceId: 'w', keyId: 'k', scopes: ['admin'] };
    response.status(201).set('Location', '/contacts/c-1').json({ email: 'ada@example.com' });
  });
  const server = app.listen(0);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await request(address)
    .post('/contacts/ada@example.com?email=ada@example.com')
    .set({ 'X-Request-Id': 'r-1', Authorization: 'Bearer secret' })
    .send({ email: 'ada@example.com' });
  await new Promise((closed) => server.close(closed));
  expect(lines).toEqual([
    {
      ...{ event: 'api.request', requestId: 'r-1', method: 'POST', route: '/contacts/:id' },
      ...{ status: 201, durationMs: expect.any(Number), made: '/contacts/c-1' },
      ...{ workspaceId: 'w', keyId: 'k' },
    },
  ]);
});
