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
