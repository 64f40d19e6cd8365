import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** Runs in circles for some hundred visits. */
const tested = waiting('circling', {
  edges: [{ source: 'pause', target: 'pause' }],
  settings: { visitLimit: 500 },
  tests: [{ name: 'circles', contact: {}, expect: { status: 'failed' } }],
});

test('a draft can be changed while its tests run, and is not activated then', async () => {
  expect((await api.post('/workflows', tested)).status).toBe(201);
  let answered = false;
  const activation = api.post('/workflows/circling/activate').then((response) => {
    answered = true;
    return response;
  });
  for (let change = 0; !answered; change += 1) {
    const patched = await api.patch('/workflows/circling', { name: `Change ${change}` });
    expect(patched.status).toBe(200);
  }
  const refused = await activation;
  expectProblem(refused, 412, 'workflow.draft_changed');
  expect((await api.get('/workflows/circling')).body).toMatchObject({ status: 'draft' });
  expect((await api.post('/workflows/circling/activate')).body.status).toBe('active');
});
