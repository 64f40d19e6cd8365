import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

const contact = { ...ada, tags: ['vip', 'trial', 'cold'] };

it('removes the tags it names and passes over others', async () => {
  const result = await runNode('remove_tag', { tags: ['trial', 'cold', 'absent'] }, { contact });
  expect(result.contact.tags).toEqual(['vip']);
  expect(result.steps).toMatchObject([{ port: 'next', code: 'tag.removed' }]);
});

it('takes one tag too, as a Liquid text as well', async () => {
  const result = await runNode(
    'remove_tag',
    { tag: '{{ variables.tag }}' },
    { contact, variables: { tag: 'trial' } },
  );
  expect(result.contact.tags).toEqual(['vip', 'cold']);
});

it('takes several from one Liquid text that gives a list', async () => {
  const variables = { old: ['vip', 'cold'] };
  const result = await runNode(
    'remove_tag',
    { tag: '{{ variables.old }}' },
    { contact, variables },
  );
  expect(result.contact.tags).toEqual(['trial']);
});

it.each([['{{ variables.nothing }}'], ['{{ " " }}'], ['{{ "x" | append: variables.long }}']])(
  'fails with %s, and changes nothing',
  async (tag) => {
    const variables = { long: 'x'.repeat(100) };
    const result = await runNode('remove_tag', { tag }, { contact, variables });
    expect(result.steps).toMatchObject([{ port: 'error', code: 'tag.not_a_text' }]);
    expect(result.contact.tags).toEqual(contact.tags);
  },
);

it.each([[{}], [{ tag: 'a', tags: ['b'] }], [{ tag: '' }], [{ tags: [] }], [{ tag: 'a', x: 1 }]])(
  'refuses %j',
  (data) => {
    expect(problemsOf('remove_tag', data)).not.toEqual([]);
  },
);
