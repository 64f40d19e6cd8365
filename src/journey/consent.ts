/**
 * By which channels a contact lets herself be written to; one rule for the API, the nodes and the simulator.
 *
 * A channel that nothing is stored of may be used. Only what is meant to sell asks: a receipt always goes out.
 * Within a channel she may refuse a topic alone: `email.newsletter` stands beside `email`, whose "no" is for all topics.
 */
import { z } from 'zod';
import type { JsonObject } from './json';
import { SLUG, slug } from './names';

/** The channels that reach a contact; a "no" to any other would be heeded by nobody. */
export const CONTACT_CHANNELS = [
  'email',
  'sms',
  'whatsapp',
  'push',
  'rcs',
  'call',
  'voicemail',
  'in_app',
] as const;

/** What marketing is about, so that somebody may refuse it and stay for the rest. */
export const topicName = slug('A topic');

/** By channel, or by channel and topic, whether she may be written to. */
export type Consent = Readonly<Record<string, boolean>>;

export type Purpose = 'marketing' | 'transactional';

/** A channel, or a topic within one. */
const consentName = z
  .string()
  .regex(
    new RegExp(`^(?:${CONTACT_CHANNELS.join('|')})(?:\\.${SLUG.source.slice(1, -1)})?$`),
    `Consent is kept by channel (${CONTACT_CHANNELS.join(', ')}), or by channel and topic as in "email.newsletter".`,
  );

/** What changes of her consent, by channel and topic; null forgets an answer. */
export const consentChange = z
  .record(consentName, z.boolean().nullable())
  .describe(
    'By channel (`email`, `sms`, …), whether marketing may be sent to her, or about one topic of it (`email.newsletter`); merged by name, null removes one. What is not named may be used.',
  );

/** A message, as far as consent asks. */
export interface Asking {
  readonly purpose: Purpose;
  readonly topic?: string | undefined;
}

/** Why her consent holds a message back, or null when it may go. */
export function withheld(
  consent: Consent,
  channel: string,
  { purpose, topic }: Asking,
): 'unsubscribed' | null {
  if (purpose !== 'marketing') return null;
  const names = topic === undefined ? [channel] : [channel, consentTo(channel, topic)];
  return names.some((name) => isRefused(consent, name)) ? 'unsubscribed' : null;
}

/** Whether she has refused this channel, or this topic of one. */
export function isRefused(consent: Consent, name: string): boolean {
  return Object.hasOwn(consent, name) && consent[name] === false;
}

/** The name under which consent to a topic is kept. */
export const consentTo = (channel: string, topic: string): string => `${channel}.${topic}`;

/**
 * What an event such as `email.unsubscribed` refuses: its channel, or the `topic` of it that it names; null for any
 * other event. A topic that cannot be one is no reason to go on writing, so that such an event refuses the channel.
 */
export function refusedBy(type: string, properties: JsonObject): string | null {
  const [channel = '', ...rest] = type.split('.');
  const isKnown = (CONTACT_CHANNELS as readonly string[]).includes(channel);
  if (!isKnown || rest.length !== 1 || rest[0] !== 'unsubscribed') return null;
  const topic = Object.hasOwn(properties, 'topic') ? properties['topic'] : undefined;
  return typeof topic === 'string' && SLUG.test(topic) ? consentTo(channel, topic) : channel;
}

/** Why nothing can be stored at the rest of a path behind `consent`, or null. */
export function channelProblem(rest: readonly string[]): string | null {
  if (rest.length === 0) return 'Consent is kept by channel: write "consent.email".';
  const name = rest.join('.');
  if (consentName.safeParse(name).success) return null;
  return `"${name}" is no channel that can be refused, nor a topic of one as in "email.newsletter". Channels are: ${CONTACT_CHANNELS.join(', ')}.`;
}

/** The answers with those of a change, which wins; null removes one. */
export function mergedConsent(
  before: Consent,
  change: Readonly<Record<string, boolean | null | undefined>>,
): Consent {
  const merged = new Map(Object.entries(before));
  for (const [channel, answer] of Object.entries(change)) {
    if (answer === null) merged.delete(channel);
    else if (answer !== undefined) merged.set(channel, answer);
  }
  return Object.fromEntries(merged);
}

/** The channels whose answer is another one, by name: a database keeps an order of its own. */
export function changedChannels(before: Consent, after: Consent): readonly string[] {
  const channels = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...channels].filter((channel) => before[channel] !== after[channel]).toSorted();
}
