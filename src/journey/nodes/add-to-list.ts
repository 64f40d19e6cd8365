import { z } from 'zod';
import { listKey } from '../list-key';
import { defineNodeType } from '../node-type';

export const addToList = defineNodeType({
  type: 'add_to_list',
  kind: 'decision',
  summary: 'Puts the contact on a list.',
  description:
    'A contact who is on it already stays there. Really being put on it is a `list.entered` event.',
  config: z.strictObject({ list: listKey.describe('The key of the list.') }),
  ports: ['next'],
  examples: [{ title: 'Newsletter', data: { list: 'newsletter' }, takes: 'next' }],
  records: () => ['list.entered'],
  label: ({ list }) => `Put on the list "${list}"`,
  decide({ list }, { contact }) {
    const there = contact.lists.includes(list);
    return {
      port: 'next',
      reason: there
        ? { code: 'list.unchanged', detail: `is on ${list} already` }
        : { code: 'list.added', detail: `put on ${list}` },
      writes: [{ kind: 'add_to_list', list }],
    };
  },
});
