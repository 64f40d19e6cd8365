import { z } from 'zod';
import type { JsonObject } from '../json';
import { eventType } from '../names';
import { json } from '../json-value';
import { defineNodeType } from '../node-type';
import { templatesIn } from '../value';

export const trackEvent = defineNodeType({
  type: 'track_event',
  kind: 'decision',
  summary: 'Records that something happened to the contact.',
  description:
    'The event is stored with the step, once, and acts like any other: it triggers workflows, reaches goals and satisfies waits.',
  config: z.strictObject({
    event: eventType.describe('The event to record.'),
    properties: z
      .record(z.string().min(1).max(100), json)
      .default({})
      .describe('Its properties: literals, or Liquid texts.'),
  }),
  ports: ['next'],
  examples: [
    {
      title: 'Somebody became a good lead',
      data: { event: 'lead.qualified', properties: { score: '{{ contact.score }}' } },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  records: ({ event }) => [event],
  label: ({ event }) => `Record ${event}`,
  async decide({ event, properties }, facts, evaluators) {
    const rendered = (await evaluators.value(properties, facts)) as JsonObject;
    return {
      port: 'next',
      reason: { code: 'event.tracked', detail: event },
      output: { event, properties: rendered },
      writes: [{ kind: 'track_event', event, properties: rendered }],
    };
  },
});
