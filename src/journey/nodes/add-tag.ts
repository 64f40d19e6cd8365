import { z } from 'zod';
import { defineNodeType } from '../node-type';

const tag = z
  .string()
  .trim()
  .min(1, 'A tag cannot be empty.')
  .max(100, 'A tag has 100 characters at most.');

export const addTag = defineNodeType({
  type: 'add_tag',
  kind: 'decision',
  summary: 'Adds one or more tags to the contact.',
  description:
    'A tag the contact already has stays as it is. Each tag really added is a `contact.tag_added` event.',
  config: z
    .strictObject({
      tag: tag.optional().describe('One tag.'),
      tags: z.array(tag).min(1).max(50).optional().describe('Several tags.'),
    })
    .refine(({ tag, tags }) => (tag === undefined) !== (tags === undefined), {
      message: 'Give either "tag" or "tags".',
    }),
  ports: ['next'],
  examples: [
    { title: 'Tag a buyer', data: { tag: 'buyer' }, takes: 'next' },
    { title: 'Two tags at once', data: { tags: ['buyer', 'spring-sale'] }, takes: 'next' },
  ],
  label: ({ tag, tags }) => `Tag ${(tags ?? [tag]).join(', ')}`,
  decide({ tag, tags }) {
    const added = tags ?? (tag === undefined ? [] : [tag]);
    return {
      port: 'next',
      reason: { code: 'tag.added', detail: `tagged ${added.join(', ')}` },
      writes: [{ kind: 'add_tags', tags: added }],
    };
  },
});
