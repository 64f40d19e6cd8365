/**
 * By which channels a contact lets herself be written to; one rule for the API, the nodes and the simulator.
 *
 * A channel that nothing is stored of may be used. Only what is meant to sell asks: a receipt always goes out.
 */
import { z } from 'zod';

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

/** By channel, whether she may be written to. */
export type Consent = Readonly<Record<string, boolean>>;

export type Purpose = 'marketing' | 'transactional';

/** What changes of her consent, by channel; null forgets an answer. */
export const consentChange = z
  .partialRecord(z.enum(CONTACT_CHANNELS), z.boolean().nullable())
  .describe(
    'By channel (`email`, `sms`, …), whether marketing may be sent to her; merged by channel, null removes one. A channel not named may be used.',
  );

/** Why her consent holds a message back, or null when it may go. */
export function withheld(
  consent: Consent,
  channel: string,
  purpose: Purpose,
): 'unsubscribed' | null {
  const isRefused = Object.hasOwn(consent, channel) && consent[channel] === false;
  return purpose === 'marketing' && isRefused ? 'unsubscribed' : null;
}

/** The channel that an event such as `email.unsubscribed` refuses; null for any other event. */
export function refusedBy(type: string): string | null {
  const [channel = '', ...rest] = type.split('.');
  const isKnown = (CONTACT_CHANNELS as readonly string[]).includes(channel);
  return isKnown && rest.length === 1 && rest[0] === 'unsubscribed' ? channel : null;
}

/** Why nothing can be stored at the rest of a path behind `consent`, or null. */
export function channelProblem(rest: readonly string[]): string | null {
  const [channel, ...more] = rest;
  if (channel === undefined) return 'Consent is kept by channel: write "consent.email".';
  if ((CONTACT_CHANNELS as readonly string[]).includes(channel) && more.length === 0) return null;
  return `"${rest.join('.')}" is no channel that can be refused. Those are: ${CONTACT_CHANNELS.join(', ')}.`;
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
