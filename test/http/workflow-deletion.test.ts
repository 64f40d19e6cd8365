import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'supertest';
import { deleteWorkflow, lockWorkflow } from '../../src/db/workflow-changes';
import { admit } from '../support/admit';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

async function active(key: string): Promise<void> {
  await api.post('/workflows', waiting(key));
  await api.post(`/workflows/${key}/activate`);
}

async function enrolled(key: string): Promise<{ id: string; contactId: string }> {
  const { body: contact } = await api.post('/contacts', { email: `${key}@example.com` });
  const { body } = await api.post(`/workflows/${key}/enrollments`, { contactId: contact.id });
  return { id: body.id as string, contactId: contact.id as string };
}

const end = (id: string) => api.admin`
  update enrollments set status = 'completed', ended_at = now(), current_node_ids = '{}' where id = ${id}`;

test('a deleted workflow is nowhere any more, and lets nobody in', async () => {
  await api.post('/workflows', waiting('gone', { trigger: { type: 'event', event: 'a.gone' } }));
  const { body: workflow } = await api.post('/workflows/gone/activate');
  const { body: contact } = await api.post('/contacts', { email: 'gone@example.com' });
  const deleted = await api.delete('/workflows/gone');
  expect(deleted.status).toBe(200);
  expect(deleted.body).toMatchObject({
    id: workflow.id,
    key: 'gone',
    status: 'active',
    version: 1,
  });
  const rest = ['', '/versions', '/stats', '/export', '/enrollments', '/canary'];
  for (const path of rest)
    expectProblem(await api.get(`/workflows/gone${path}`), 404, 'workflow.not_found');
  expectProblem(await api.get(`/workflows/${workflow.id}`), 404, 'workflow.not_found');
  expectProblem(await api.delete('/workflows/gone'), 404, 'workflow.not_found');
  expectProblem(await api.post('/workflows/gone/activate'), 404, 'workflow.not_found');
  const order = { contactId: contact.id };
  expectProblem(await api.post('/workflows/gone/enrollments', order), 404, 'workflow.not_found');
  const { body: list } = await api.get('/workflows');
  expect(list.data).toEqual([]);
});

test('its key stays taken, and says so', async () => {
  await active('once');
  await api.delete('/workflows/once');
  const again = await api.post('/workflows', waiting('once'));
  expectProblem(again, 409, 'workflow.key_taken');
  expect(again.body.detail).toContain('was that of a workflow that was deleted');
  expectProblem(await api.post('/workflows/import', waiting('once')), 409, 'workflow.key_taken');
  await active('here');
  const taken = await api.post('/workflows', waiting('here'));
  expect(taken.body.detail).toContain('exists already');
});

test('while somebody is under way it is refused, and told what to do', async () => {
  await active('busy');
  const { id, contactId } = await enrolled('busy');
  const refused = await api.delete('/workflows/busy');
  expectProblem(refused, 409, 'workflow.in_use');
  expect(refused.body.detail).toContain('In "busy" 1 enrollment is under way.');
  expect((await api.get('/workflows/busy')).body.status).toBe('active');
  await end(id);
  expect((await api.delete('/workflows/busy')).status).toBe(200);
  expect((await api.get(`/enrollments/${id}`)).body).toMatchObject({ workflowKey: 'busy' });
  expect((await api.get(`/contacts/${contactId}/enrollments`)).body.data).toMatchObject([{ id }]);
  expect((await api.get(`/contacts/${contactId}/explain`)).status).toBe(200);
});

test('whoever is at the door when it is deleted is let in before, or not at all', async () => {
  await active('door');
  const contact = { email: 'door@example.com' };
  const { id } = (await api.get('/workflows/door')).body as { id: string };
  let entering: PromiseLike<Response> = Promise.reject(new Error('Nobody came.'));
  entering.then(undefined, () => undefined);
  await api.db.inWorkspace(api.workspaceId, async (tx) => {
    await lockWorkflow(tx, 'door');
    entering = api.post('/workflows/door/enrollments', { contact }).then((answer) => answer);
    await sleep(300);
    await deleteWorkflow(tx, id);
  });
  expectProblem(await entering, 404, 'workflow.not_found');

  await active('open');
  const { body: person } = await api.post('/contacts', { email: 'open@example.com' });
  const open = (await api.get('/workflows/open')).body as { id: string };
  let deleting = entering;
  await api.db.inWorkspace(api.workspaceId, async (tx) => {
    const contactId = person.id as string;
    await admit(tx, { workflowId: open.id, contactId, at: new Date() });
    deleting = api.delete('/workflows/open').then((answer) => answer);
    await sleep(300);
  });
  expectProblem(await deleting, 409, 'workflow.in_use');
});

test('whoever failed in it is not let go on any more', async () => {
  await active('failed');
  const { id } = await enrolled('failed');
  const state = JSON.stringify({ cursors: [{ node: 'pause' }] });
  await api.admin`update enrollments set status = 'failed', ended_at = now(),
    resume_state = ${state}::jsonb where id = ${id}`;
  await api.delete('/workflows/failed');
  const retried = await api.post(`/enrollments/${id}/retry`);
  expectProblem(retried, 409, 'command.refused');
  expect(retried.body).toMatchObject({ reason: 'command.workflow_deleted' });
});

test('a canary that runs is halted, an entity tag is heeded, and the audit says who did it', async () => {
  await active('tried');
  await api.patch('/workflows/tried', {
    nodes: [{ id: 'pause', type: 'wait', data: { for: '2h' } }],
  });
  const { body } = await api.post('/workflows/tried/activate', { canary: { share: 50 } });
  const late = await api.delete('/workflows/tried').set('If-Match', '"1"');
  expectProblem(late, 412, 'workflow.draft_changed');
  expect((await api.delete('/workflows/tried').set('If-Match', '"2"')).status).toBe(200);
  const { body: audit } = await api.get(`/audit?subjectId=${body.id}`);
  expect(audit.data.slice(0, 2)).toMatchObject([
    { action: 'workflow.delete', detail: { status: 'applied', key: 'tried', haltedCanary: 2 } },
    { action: 'workflow.delete', detail: { status: 'refused', reason: 'workflow.draft_changed' } },
  ]);
  const [canary] =
    await api.admin`select state, decision from canaries where workflow_id = ${body.id}`;
  expect(canary).toMatchObject({
    state: 'halted',
    decision: { reason: 'The workflow was deleted.' },
  });
});

test("a workflow that names a deleted one is not activated, and another workspace's is none", async () => {
  await active('target');
  const names = waiting('names', {
    nodes: [{ id: 'enroll', type: 'enroll_in_workflow', data: { workflow: 'target' } }],
    edges: [{ source: 'enroll', sourceHandle: 'blocked', target: 'end' }],
  });
  expect((await api.post('/workflows', names)).body.warnings).toEqual([]);
  expectProblem(await api.delete('/workflows/target', api.other.key), 404, 'workflow.not_found');
  const reading = await api.keyWith(['*:read']);
  expectProblem(await api.delete('/workflows/target', reading), 403, 'auth.forbidden');
  await api.delete('/workflows/target');
  const refused = await api.post('/workflows/names/activate');
  expectProblem(refused, 422, 'definition.invalid');
  expect(refused.body.issues).toMatchObject([{ code: 'definition.unknown_workflow' }]);
});
