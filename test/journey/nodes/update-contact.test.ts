import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

const contact = {
  ...ada,
  tags: ['vip'],
  score: 40,
  attributes: { plan: 'free', seen: ['a'], address: { city: 'Bonn', zip: '53111' }, visits: '2' },
};
const run = (data: object, variables = {}) =>
  runNode('update_contact', data, { contact, variables });

it('sets fields and attributes, also inside objects', async () => {
  const result = await run({
    set: { firstName: 'Adele', 'contact.plan': 'pro', 'address.city': 'Köln', 'attributes.a.b': 1 },
  });
  expect(result.contact).toEqual({
    ...contact,
    firstName: 'Adele',
    attributes: {
      ...contact.attributes,
      plan: 'pro',
      address: { city: 'Köln', zip: '53111' },
      a: { b: 1 },
    },
  });
  expect(result.steps).toMatchObject([
    {
      code: 'contact.updated',
      output: {
        changed: ['firstName', 'attributes.plan', 'attributes.address', 'attributes.a'],
      },
    },
  ]);
});

it('appends, increments and unsets, beginning with nothing where nothing is', async () => {
  const result = await run({
    append: { seen: ['b', 'c'], liked: 'x', tags: 'buyer' },
    increment: { visits: 1, orders: 1, score: -5 },
    unset: ['plan', 'lastName', 'address.zip'],
  });
  expect(result.contact).toMatchObject({ score: 35, tags: ['vip', 'buyer'], lastName: null });
  expect(result.contact.attributes).toEqual({
    seen: ['a', 'b', 'c'],
    liked: ['x'],
    visits: 3,
    orders: 1,
    address: { city: 'Bonn' },
  });
});

it('renders values, and one single expression keeps its type', async () => {
  const variables = { list: [1, 2], step: '2' };
  const result = await run(
    {
      set: { list: '{{ variables.list }}', hello: 'Hi {{ first_name }}' },
      increment: { visits: '{{ variables.step }}' },
    },
    variables,
  );
  expect(result.contact.attributes).toMatchObject({ list: [1, 2], hello: 'Hi Ada', visits: 4 });
});

it('stores what she answered by channel, and null forgets it', async () => {
  const asked = { ...contact, consent: { email: true, sms: false } };
  const data = { set: { 'consent.email': '{{ variables.yes }}' }, unset: ['contact.consent.sms'] };
  const result = await runNode('update_contact', data, {
    contact: asked,
    variables: { yes: false },
  });
  expect(result.contact).toEqual({ ...contact, consent: { email: false } });
  expect(result.steps).toMatchObject([{ output: { changed: ['consent.email', 'consent.sms'] } }]);
});

it('takes a name such as toString for a name among others', async () => {
  const result = await run({ set: { valueOf: 'x', 'toString.length': 1 } });
  expect(Object.keys(result.contact.attributes)).toEqual([
    ...Object.keys(contact.attributes),
    'valueOf',
    'toString',
  ]);
});

it('says when nothing was different', async () => {
  const result = await run({ set: { plan: 'free' }, append: { seen: [] } });
  expect(result.steps).toMatchObject([{ code: 'contact.unchanged', output: { changed: [] } }]);
});

it.each([
  [{ set: { plan: 'pro', email: 5 } }, '"email" takes a text.'],
  [{ set: { score: 'high' } }, '"score" takes a number.'],
  [{ set: { 'consent.email': 'no' } }, '"consent.email" takes true or false.'],
  [{ increment: { 'consent.email': 1 } }, '"consent.email" takes true or false.'],
  [{ set: { tags: 'vip' } }, '"tags" takes a list of texts.'],
  [
    { set: { plan: 'pro', email: 'not an address' } },
    '"email" cannot take this value. Expected an e-mail address.',
  ],
  [
    { set: { externalId: '' } },
    '"externalId" cannot take this value. This cannot be empty; null clears it.',
  ],
  [
    { set: { firstName: 'x'.repeat(9_000) } },
    '"firstName" cannot take this value. At most 200 characters.',
  ],
  [
    { append: { tags: Array.from({ length: 201 }, (_, index) => `tag-${index}`) } },
    '"tags" cannot take this value. At most 200 entries.',
  ],
  [{ append: { plan: 'x' } }, '"plan" is no list, so nothing can be appended to it.'],
  [{ increment: { plan: 1 } }, '"plan" is no number, so it cannot be incremented.'],
  [{ increment: { visits: '{{ first_name }}' } }, '"visits" is "Ada"; a number is needed.'],
])('fails with %j and changes nothing', async (data, message) => {
  const result = await run(data);
  expect(result.error).toEqual({ code: 'contact.update_refused', node: 'it', message });
  expect(result.contact).toEqual(contact);
});

it.each([
  [{}, 'Name a field'],
  [{ set: {} }, 'Name a field'],
  [{ set: { '': 1 } }, 'cannot be empty'],
  [{ set: { 'a..b': 1 } }, 'cannot be empty'],
  [{ set: { id: 'x' } }, 'never changes'],
  [{ append: { lists: 'x' } }, 'add_to_list'],
  [{ unset: ['contact.segments'] }, 'nothing writes them'],
  [{ set: { 'email.domain': 'x' } }, 'has nothing inside it'],
  [{ increment: { visits: 'many' } }, 'increment.visits'],
  [{ set: { consent: false } }, 'write "consent.email"'],
  [{ set: { 'consent.mail': false } }, '"mail" is no channel that can be refused'],
  [{ set: { 'consent.email.No News': false } }, '"email.No News" is no channel'],
  [{ set: { 'consent.email.news.more': false } }, 'nor a topic of one'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('update_contact', data).join()).toContain(problem);
});
