import { createSteer } from '../../activities/steer';
import { upsertContact } from '../../src/db/contacts';
import { orderForMany } from '../../src/db/commands';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { initialState } from '../../src/journey/state';
import { openVersions } from '../../src/temporal/versions';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const PEOPLE = 6;

test('more people are moved at once, to a version that nobody has read, than there are connections', async () => {
  const { workspaceId } = t;
  const { workflowId, ids } = await t.db.inWorkspace(workspaceId, async (tx) => {
    const { id } = await createWorkflow(tx, { key: 'journey', name: 'Journey', draft: {} });
    const publish = (days: number) => {
      const definition = define({ nodes: { long: ['wait', { for: `${days} days` }] } });
      const version = { definition, contentHash: newId(), listensTo: [], triggers: [] };
      return publishVersion(tx, { workflowId: id, ...version });
    };
    await publish(30);
    const enrolled: string[] = [];
    for (let n = 0; n < PEOPLE; n += 1) {
      const { contact } = await upsertContact(tx, { externalId: `person-${n}` });
      const admission = { workflowId: id, contactId: contact.id, at: new Date() };
      enrolled.push((await admit(tx, admission)).id);
    }
    await publish(20);
    const order = { type: 'migrate', input: { version: 2, map: {} }, requestedBy: 'test' };
    await orderForMany(tx, enrolled, order);
    return { workflowId: id, ids: enrolled };
  });
  const db = await t.open({ max: 2 });
  const steer = createSteer({ db, evaluators: createEvaluators(), ...openVersions(db) });
  const [{ hash } = { hash: '' }] = await t.admin<{ hash: string }[]>`
    select content_hash as hash from workflow_versions where version = 1`;
  const graph = { workspaceId, workflowId, version: 1, hash };
  const at = Date.now();
  const moved = await Promise.all(
    ids.map((enrollmentId) => {
      const state = initialState(enrollmentId, 'long', at);
      return steer({ workspaceId, enrollmentId, graph, at, state, requests: [], asked: [] });
    }),
  );
  expect(moved.map((each) => each.graph?.version)).toEqual(ids.map(() => 2));
});
