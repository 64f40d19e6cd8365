import { defineNodeType } from '../node-type';
import { renderedTags, tagNames, writtenTags } from '../tag-names';
import { templatesIn } from '../value';

export const removeTag = defineNodeType({
  type: 'remove_tag',
  kind: 'decision',
  summary: 'Removes one or more tags from the contact.',
  description:
    'A tag the contact does not have is passed over. Each tag really removed is a `contact.tag_removed` event. A tag may be a Liquid text.',
  config: tagNames,
  ports: ['next'],
  examples: [
    { title: 'No longer a trial', data: { tag: 'trial' }, takes: 'next' },
    { title: 'Two tags at once', data: { tags: ['trial', 'cold'] }, takes: 'next' },
  ],
  templates: templatesIn,
  records: () => ['contact.updated', 'contact.tag_removed'],
  label: (names) => `Remove the tag ${writtenTags(names).join(', ')}`,
  async decide(names, facts, evaluators) {
    const tags = await renderedTags(names, facts, evaluators);
    return {
      port: 'next',
      reason: { code: 'tag.removed', detail: `no longer tagged ${tags.join(', ')}` },
      writes: [{ kind: 'remove_tags', tags }],
    };
  },
});
