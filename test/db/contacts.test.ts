import type { Tx } from '../../src/db/client';
import {
  addTags,
  type ContactInput,
  type ContactPatch,
  findContact,
  getContact,
  listContacts,
  patchContact,
  removeTags,
  upsertContact,
} from '../../src/db/contacts';
import { newId } from '../../src/ids';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);
const upsert = (input: ContactInput) => inside((tx) => upsertContact(tx, input));
const patch = (id: string, change: ContactPatch) => inside((tx) => patchContact(tx, id, change));
const address = () => `${newId()}@example.com`;

test('a contact is made once, and the second upsert names what it changed', async () => {
  const email = address();
  const made = await upsert({
    email,
    firstName: 'Ada',
    attributes: { plan: 'free', gone: null },
    tags: ['vip', 'vip'],
  });
  expect(made).toMatchObject({
    created: true,
    contact: { email, attributes: { plan: 'free' }, tags: ['vip'], score: 0 },
  });
  expect(made.changed.sort()).toEqual(['attributes.plan', 'email', 'firstName', 'tags']);
  const again = await upsert({
    email: email.toUpperCase(),
    attributes: { plan: 'pro', seats: 3 },
    score: 5,
  });
  expect(again).toMatchObject({
    created: false,
    contact: {
      id: made.contact.id,
      firstName: 'Ada',
      attributes: { plan: 'pro', seats: 3 },
      tags: ['vip'],
    },
  });
  expect(again.changed.sort()).toEqual(['attributes.plan', 'attributes.seats', 'email', 'score']);
});

test('twenty concurrent upserts of one address make one contact', async () => {
  const email = address();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => upsert({ email, attributes: { [`a${i}`]: i } })),
  );
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
  const contact = await inside((tx) => findContact(tx, { email }));
  expect(Object.keys(contact?.attributes ?? {})).toHaveLength(20);
});

test('identifiers find the contact, whichever is given, and fill in the missing ones', async () => {
  const email = address();
  const { contact } = await upsert({ email });
  expect(await upsert({ email, externalId: 'u-1' })).toMatchObject({
    created: false,
    contact: { id: contact.id, externalId: 'u-1' },
  });
  expect(await upsert({ externalId: 'u-1', phone: '+49' })).toMatchObject({
    created: false,
    contact: { id: contact.id, email },
  });
  expect(await upsert({ id: contact.id, lastName: 'L' })).toMatchObject({
    created: false,
    changed: ['lastName'],
  });
  expect((await inside((tx) => findContact(tx, { externalId: 'u-1' })))?.id).toBe(contact.id);
  const id = newId();
  expect(await upsert({ id })).toMatchObject({ created: true, contact: { id } });
});

test('identifiers of two contacts in one input are a conflict, and change neither', async () => {
  const [a, b] = [
    await upsert({ email: address(), externalId: newId() }),
    await upsert({ email: address() }),
  ];
  const { externalId } = a.contact;
  const { email } = b.contact;
  await expect(upsert({ externalId, email, firstName: 'X' })).rejects.toMatchObject({
    code: 'contact.conflict',
  });
  await expect(upsert({ id: newId(), email })).rejects.toMatchObject({ code: 'contact.conflict' });
  await expect(patch(a.contact.id, { email })).rejects.toMatchObject({ code: 'contact.conflict' });
  expect(await inside((tx) => getContact(tx, a.contact.id))).toEqual(a.contact);
});

test('a patch changes what it names, null clears, and nothing changed says so', async () => {
  const { contact } = await upsert({
    email: address(),
    phone: '+1',
    attributes: { a: 1, b: { c: [1] } },
    tags: ['x', 'y'],
  });
  expect(
    await patch(contact.id, {
      phone: null,
      attributes: { a: null, b: { c: [1] } },
      tags: ['y', 'x'],
    }),
  ).toMatchObject({
    changed: ['phone', 'attributes.a'],
    contact: { phone: null, attributes: { b: { c: [1] } }, tags: ['x', 'y'], email: contact.email },
  });
  expect((await patch(contact.id, { phone: null, attributes: { a: null } }))?.changed).toEqual([]);
  expect((await patch(contact.id, { tags: ['z'] }))?.contact.tags).toEqual(['z']);
  expect(await patch(newId(), { phone: '+2' })).toBeNull();
});

test('an attribute may have any name', async () => {
  const attributes = JSON.parse(
    '{"__proto__": {"admin": true}, "constructor": 1, "it\'s \\"quoted\\"": "ü💡"}',
  ) as { [key: string]: never };
  const { contact, changed } = await upsert({ attributes });
  expect(JSON.stringify(contact.attributes)).toBe(
    JSON.stringify(await inside((tx) => getContact(tx, contact.id)).then((row) => row?.attributes)),
  );
  expect(Object.keys(contact.attributes).sort()).toEqual(
    ['__proto__', 'constructor', `it's "quoted"`].sort(),
  );
  expect(changed).toHaveLength(3);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test('tags are added and removed once, and the answer is what really changed', async () => {
  const { contact } = await upsert({ tags: ['a'] });
  const concurrent = await Promise.all(
    Array.from({ length: 10 }, () =>
      inside((tx) => addTags(tx, contact.id, ['a', 'b, "c"', 'b, "c"'])),
    ),
  );
  expect(concurrent.filter((added) => added.length > 0)).toEqual([['b, "c"']]);
  expect((await inside((tx) => getContact(tx, contact.id)))?.tags).toEqual(['a', 'b, "c"']);
  expect(await inside((tx) => removeTags(tx, contact.id, ['a', 'none']))).toEqual(['a']);
  expect(await inside((tx) => removeTags(tx, contact.id, ['a']))).toEqual([]);
  await expect(inside((tx) => addTags(tx, newId(), ['a']))).rejects.toMatchObject({
    code: 'contact.not_found',
  });
});

test('contacts are listed the newest first, page by page, without gaps or repeats', async () => {
  const workspaceId = await t.newWorkspace();
  const made: string[] = [];
  for (let i = 0; i < 5; i += 1)
    made.unshift((await t.db.inWorkspace(workspaceId, (tx) => upsertContact(tx, {}))).contact.id);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { data: { id: string }[]; nextCursor: string | null } = await t.db.inWorkspace(
      workspaceId,
      (tx) => listContacts(tx, {}, { limit: 2, cursor }),
    );
    seen.push(...page.data.map((row) => row.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(made);
});
