/** What a decision may not change is data that its node cannot use. */
import { applyWrite } from '../../activities/fact-writes';
import { upsertContact } from '../../src/db/contacts';
import { getEnrollment } from '../../src/db/enrollments';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

test("another contact's address is refused with its code once, and in words", async () => {
  const definition = define({ nodes: { set: ['wait', { for: '1 day' }] } });
  const refusal = t.db.inWorkspace(t.workspaceId, async (tx) => {
    await upsertContact(tx, { email: 'taken@example.com' });
    const { contact } = await upsertContact(tx, { email: 'ada@example.com' });
    const { id: workflowId } = await createWorkflow(tx, { key: 'w', name: 'Test', draft: {} });
    const version = { workflowId, definition, contentHash: 'h', listensTo: [], triggers: [] };
    await publishVersion(tx, version);
    const at = new Date('2026-03-01T09:00:00Z');
    const { id } = await admit(tx, { workflowId, contactId: contact.id, at });
    const enrollment = await getEnrollment(tx, id);
    if (enrollment === null) throw new Error('The enrollment is not there.');
    const update = { set: { email: 'taken@example.com' } };
    await applyWrite(tx, enrollment, { kind: 'update_contact', update }, at);
  });
  await expect(refusal).rejects.toMatchObject({
    name: 'EvaluationFailed',
    code: 'contact.conflict',
    message: expect.not.stringContaining('contact.conflict') as string,
  });
});
