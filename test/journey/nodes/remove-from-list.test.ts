import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

it('takes the contact off the list', async () => {
  const contact = { ...ada, lists: ['leads', 'newsletter'] };
  const result = await runNode('remove_from_list', { list: 'leads' }, { contact });
  expect(result.contact.lists).toEqual(['newsletter']);
  expect(result.steps).toMatchObject([{ port: 'next', code: 'list.removed' }]);
});

it('leaves a contact alone who is not on it', async () => {
  const result = await runNode('remove_from_list', { list: 'leads' });
  expect(result.contact.lists).toEqual([]);
  expect(result.steps).toMatchObject([{ port: 'next', code: 'list.unchanged' }]);
});

it.each([[{}], [{ list: '' }], [{ list: 7 }]])('refuses %j', (data) => {
  expect(problemsOf('remove_from_list', data)).not.toEqual([]);
});
