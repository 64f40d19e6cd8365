import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

it('adds tags that the contact does not have', async () => {
  const contact = { ...ada, tags: ['vip'] };
  const result = await runNode('add_tag', { tags: ['vip', 'buyer'] }, { contact });
  expect(result.contact.tags).toEqual(['vip', 'buyer']);
});

it('takes one tag too', async () => {
  const result = await runNode('add_tag', { tag: 'buyer' });
  expect(result.contact.tags).toEqual(['buyer']);
});

it.each([[{}], [{ tag: 'a', tags: ['b'] }], [{ tag: '' }], [{ tags: [] }], [{ tag: 'a', x: 1 }]])(
  'refuses %j',
  (data) => {
    expect(problemsOf('add_tag', data)).not.toEqual([]);
  },
);

it('renders a tag that is a Liquid text, and fails where it gives none', async () => {
  const contact = { ...ada, attributes: { plan: 'pro' } };
  const added = await runNode('add_tag', { tag: 'plan-{{ contact.plan }}' }, { contact });
  expect(added.contact.tags).toEqual(['plan-pro']);
  const failed = await runNode('add_tag', { tag: '{{ contact.missing }}' });
  expect(failed.steps).toMatchObject([{ port: 'error', code: 'tag.not_a_text' }]);
});

it('refuses a tag of more than 100 characters', () => {
  expect(problemsOf('add_tag', { tag: 'x'.repeat(101) })).toEqual([
    'tag: A tag has 100 characters at most.',
  ]);
});
