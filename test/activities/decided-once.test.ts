/** What decisions change: each change and each event once, however often and by how many it is taken. */
import { createFactActivities } from '../../activities/index';
import { upsertContact } from '../../src/db/contacts';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { indexGraph } from '../../src/journey/graph';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const AT = new Date('2026-03-01T09:00:00Z').getTime();

type Nodes = Parameters<typeof define>[0]['nodes'];

/** Changes of which a repetition would show. */
const everything: Nodes = {
  score: ['update_score', { by: 5 }],
  count: ['update_contact', { increment: { visits: 2 }, append: { seen: 'cart' } }],
  number: ['set_variable', { name: 'n', value: '{{ variables.n | plus: 1 }}' }],
  tag: ['add_tag', { tag: 'vip' }],
  untag: ['remove_tag', { tag: 'new' }],
  list: ['add_to_list', { list: 'buyers' }],
  unlist: ['remove_from_list', { list: 'leads' }],
  track: ['track_event', { event: 'lead.qualified' }],
};
const ONCE = {
  score: 5,
  attributes: { visits: 2, seen: ['cart'] },
  tags: ['vip'],
  lists: ['buyers'],
  variables: { n: 1 },
  told: {
    'contact.score_changed': 1,
    'contact.tag_added': 1,
    'contact.tag_removed': 1,
    'lead.qualified': 1,
    'list.entered': 1,
    'list.left': 1,
  },
};

/** Enrollments of one contact, each before its first node, and what has become of her. */
async function standing(nodes: Nodes, people = 1) {
  const definition = define({ nodes: { ...nodes, pause: ['wait', { for: '1 day' }] } });
  const { workflowId, contactId, ids } = await t.db.inWorkspace(t.workspaceId, async (tx) => {
    const key = `w-${newId()}`;
    const workflow = await createWorkflow(tx, { key, name: 'Test', draft: {} });
    const settings = { enrollment: { whenActive: 'parallel' } };
    await publishVersion(tx, {
      ...{ workflowId: workflow.id, contentHash: 'h', listensTo: [], triggers: [] },
      definition: { ...definition, settings: { ...definition.settings, ...settings } },
    });
    const { contact } = await upsertContact(tx, { externalId: newId(), tags: ['new'] });
    const all: string[] = [];
    for (let number = 0; number < people; number += 1) {
      const entry = { workflowId: workflow.id, contactId: contact.id, key: String(number) };
      all.push((await admit(tx, { ...entry, variables: { n: 0 }, at: new Date(AT) })).id);
    }
    return { workflowId: workflow.id, contactId: contact.id, ids: all };
  });
  const [first = ''] = ids;
  await t.admin`with led as (insert into lists (workspace_id, id, key, name)
      values (${t.workspaceId}, gen_random_uuid(), 'leads', 'leads')
      on conflict (workspace_id, key) do update set name = 'leads' returning id)
    insert into list_members (workspace_id, list_id, contact_id, added_at)
    select ${t.workspaceId}, id, ${contactId}, now() from led`;
  const { advance } = createFactActivities({
    db: t.db,
    evaluators: createEvaluators(),
    loadGraph: async () => indexGraph(definition),
  });
  const graph = { workspaceId: t.workspaceId, workflowId, version: 1, hash: 'h' };
  const from = { node: Object.keys(nodes)[0] ?? '', visit: 1 };
  return {
    ids,
    first,
    contactId,
    advance: (enrollmentId = first) =>
      advance({
        ...{ workspaceId: t.workspaceId, enrollmentId, graph, from },
        ...{ ended: [], visits: [], at: AT, watch: { reached: [], armed: [] } },
      }),
    async now() {
      const [contact] = await t.admin`select * from contacts where id = ${contactId}`;
      const [enrollment] = await t.admin`select variables from enrollments where id = ${first}`;
      const lists = await t.admin`select key from lists join list_members on id = list_id
        where contact_id = ${contactId} order by key`;
      const told = await t.admin`select type, count(*)::int as count from events
        where contact_id = ${contactId} and type not in ('contact.updated', 'contact.field_changed')
        group by type`;
      return {
        ...{ score: contact?.['score'], attributes: contact?.['attributes'] },
        tags: contact?.['tags'] as readonly string[],
        lists: lists.map(({ key }) => key as string),
        variables: enrollment?.['variables'],
        told: Object.fromEntries(told.map(({ type, count }) => [type, count])),
      };
    },
  };
}

test('of ten advances at once one makes the changes, and a later one makes none', async () => {
  const it = await standing(everything);
  const answers = await Promise.all(Array.from({ length: 10 }, () => it.advance()));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await it.now()).toEqual(ONCE);
  expect(await it.advance()).toEqual(answers[0]);
  expect(await it.now()).toEqual(ONCE);
});

test('a database that fails behind the changes has made none, and made again they are made once', async () => {
  const it = await standing(everything);
  const before = await it.now();
  await t.admin.unsafe(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = '57014'; end $$;
    create trigger refuse before insert on steps for each row
      when (new.node_id = 'pause' and new.enrollment_id = '${it.first}')
      execute function refuse()`);
  await expect(it.advance()).rejects.toMatchObject({ type: 'service.unavailable' });
  expect(await it.now()).toEqual(before);
  await t.admin.unsafe('drop trigger refuse on steps; drop function refuse()');
  await it.advance();
  expect(await it.now()).toEqual(ONCE);
});

test('of many journeys of one person at once every change counts', async () => {
  const people = 10;
  const it = await standing(
    {
      score: ['update_score', { by: 1 }],
      count: ['update_contact', { increment: { visits: 1 }, append: { seen: 'cart' } }],
    },
    people,
  );
  await Promise.all(it.ids.map((id) => it.advance(id)));
  const { score, attributes } = await it.now();
  expect({ score, attributes }).toEqual({
    score: people,
    attributes: { visits: people, seen: Array.from({ length: people }, () => 'cart') },
  });
});

test('of many tags given to one person at once none is lost', async () => {
  const people = 8;
  const it = await standing({ tag: ['add_tag', { tag: 'from-{{ enrollment.id }}' }] }, people);
  await Promise.all(it.ids.map((id) => it.advance(id)));
  const { tags } = await it.now();
  expect(tags.toSorted()).toEqual(['new', ...it.ids.map((id) => `from-${id}`)].toSorted());
});

test('who is on the list already, or not on it, makes no event', async () => {
  const it = await standing({
    in: ['add_to_list', { list: 'leads' }],
    out: ['remove_from_list', { list: 'leads' }],
    gone: ['remove_from_list', { list: 'leads' }],
  });
  await it.advance();
  expect((await it.now()).told).toEqual({ 'list.left': 1 });
});

test('a change that the contact does not allow fails the node once, and changes nothing', async () => {
  const email = `${newId()}@example.com`;
  await t.db.inWorkspace(t.workspaceId, (tx) => upsertContact(tx, { email }));
  const it = await standing({ rename: ['update_contact', { set: { email, city: 'Rome' } }] });
  const failed = { node: 'rename', visit: 1, port: 'error', reason: 'contact.conflict' };
  for (const answer of await Promise.all([it.advance(), it.advance()]))
    expect(answer.taken).toEqual([failed]);
  expect(await it.now()).toMatchObject({ attributes: {}, told: {} });
  const steps = await t.admin`select status, port from steps where enrollment_id = ${it.first}`;
  expect([...steps]).toEqual([{ status: 'failed', port: 'error' }]);
});
