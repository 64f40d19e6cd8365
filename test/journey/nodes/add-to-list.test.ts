import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

it('puts the contact on the list', async () => {
  const contact = { ...ada, lists: ['leads'] };
  const result = await runNode('add_to_list', { list: 'newsletter' }, { contact });
  expect(result.contact.lists).toEqual(['leads', 'newsletter']);
  expect(result.steps).toMatchObject([{ port: 'next', code: 'list.added' }]);
});

it('leaves a contact there who is on it already', async () => {
  const contact = { ...ada, lists: ['newsletter'] };
  const result = await runNode('add_to_list', { list: 'newsletter' }, { contact });
  expect(result.contact.lists).toEqual(['newsletter']);
  expect(result.steps).toMatchObject([{ port: 'next', code: 'list.unchanged' }]);
});

it.each([[{}], [{ list: '' }], [{ list: ['a'] }], [{ list: 'a', lists: ['a'] }]])(
  'refuses %j',
  (data) => {
    expect(problemsOf('add_to_list', data)).not.toEqual([]);
  },
);
