import { z } from 'zod';
import { listKey } from '../list-key';
import { defineNodeType } from '../node-type';

export const removeFromList = defineNodeType({
  type: 'remove_from_list',
  kind: 'decision',
  summary: 'Takes the contact off a list.',
  description:
    'A contact who is not on it is left alone. Really being taken off it is a `list.left` event.',
  config: z.strictObject({ list: listKey.describe('The key of the list.') }),
  ports: ['next'],
  examples: [{ title: 'No longer a lead', data: { list: 'leads' }, takes: 'next' }],
  records: () => ['list.left'],
  label: ({ list }) => `Take off the list "${list}"`,
  decide({ list }, { contact }) {
    const there = contact.lists.includes(list);
    return {
      port: 'next',
      reason: there
        ? { code: 'list.removed', detail: `taken off ${list}` }
        : { code: 'list.unchanged', detail: `is not on ${list}` },
      writes: [{ kind: 'remove_from_list', list }],
    };
  },
});
