import { z } from 'zod';
import { defineNodeType } from '../node-type';
import { needNumber, numberValue, templatesIn } from '../value';
import type { ContactUpdate } from '../writes';

const config = z
  .strictObject({
    by: numberValue.optional().describe('How many points are added; negative takes some away.'),
    to: numberValue.optional().describe('What the score becomes.'),
  })
  .refine(({ by, to }) => (by === undefined) !== (to === undefined), {
    message: 'Give either "by" or "to".',
  });

export const updateScore = defineNodeType({
  type: 'update_score',
  kind: 'decision',
  summary: "Changes the contact's score.",
  description:
    'Adds points or sets the score; points that two journeys add at the same time both count. A score really changed is a `contact.score_changed` event.',
  config,
  ports: ['next'],
  examples: [
    { title: 'Ten points for opening', data: { by: 10 }, takes: 'next' },
    { title: 'Begin anew', data: { to: 0 }, takes: 'next' },
    {
      title: 'A point for every euro',
      data: { by: '{{ event.total | default: 0 | round }}' },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  records: () => ['contact.updated', 'contact.score_changed', 'contact.field_changed'],
  label: ({ by, to }) => (to === undefined ? `Score by ${by}` : `Score to ${to}`),
  async decide({ by, to }, facts, evaluators) {
    const [name, value] = to === undefined ? ['by', by] : ['to', to];
    const rendered = await evaluators.value(value ?? null, facts);
    const number = needNumber('score.not_a_number', name ?? 'by', rendered);
    const before = facts.contact.score;
    const after = to === undefined ? before + number : number;
    const update: ContactUpdate =
      to === undefined ? { increment: { score: number } } : { set: { score: number } };
    return {
      port: 'next',
      reason: { code: 'score.updated', detail: `score ${before} becomes ${after}` },
      output: { before, after },
      writes: [{ kind: 'update_contact', update }],
    };
  },
});
