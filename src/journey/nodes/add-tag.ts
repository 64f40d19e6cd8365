import { defineNodeType } from '../node-type';
import { renderedTags, tagNames, writtenTags } from '../tag-names';
import { templatesIn } from '../value';

export const addTag = defineNodeType({
  type: 'add_tag',
  kind: 'decision',
  summary: 'Adds one or more tags to the contact.',
  description:
    'A tag the contact already has stays as it is. Each tag really added is a `contact.tag_added` event. A tag may be a Liquid text.',
  config: tagNames,
  ports: ['next'],
  examples: [
    { title: 'Tag a buyer', data: { tag: 'buyer' }, takes: 'next' },
    { title: 'Two tags at once', data: { tags: ['buyer', 'spring-sale'] }, takes: 'next' },
  ],
  templates: templatesIn,
  records: () => ['contact.updated', 'contact.tag_added'],
  label: (names) => `Tag ${writtenTags(names).join(', ')}`,
  async decide(names, facts, evaluators) {
    const tags = await renderedTags(names, facts, evaluators);
    return {
      port: 'next',
      reason: { code: 'tag.added', detail: `tagged ${tags.join(', ')}` },
      writes: [{ kind: 'add_tags', tags }],
    };
  },
});
