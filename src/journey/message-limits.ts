/**
 * When marketing may go out, and how often; one rule for what is sent and for dry runs.
 *
 * Only a message that would be sent is held back, so these are judged last, and nothing else counts against a cap.
 */
import { z } from 'zod';
import { CONTACT_CHANNELS } from './consent';
import { duration } from './duration';
import type { Evaluators, Facts } from './facts';
import type { Instant } from './json';
import { fullUntil } from './rate-limit';
import { timeWindow, type TimeWindow, WEEKDAYS } from './window';

export const frequencyCap = z.strictObject({
  max: z
    .int()
    .min(1)
    .max(1_000)
    .describe('How many marketing messages a contact gets, from all journeys together.'),
  per: duration
    .pipe(z.number().positive('This takes a positive duration.'))
    .describe('The stretch of time that `max` speaks of, counted back from each message.'),
  channel: z
    .enum(CONTACT_CHANNELS)
    .optional()
    .describe('Counts, and holds back, messages of this channel alone; of all without one.'),
  onCap: z
    .enum(['drop', 'defer'])
    .default('drop')
    .describe(
      'What becomes of a message too many: it leaves by `not_sent` with the reason `capped` (`drop`), or waits until there is room (`defer`).',
    ),
});

/** A window in which marketing waits; it must leave a time to send. */
export const quietHours = timeWindow.refine(
  ({ from, to, days = WEEKDAYS }) => from !== to || new Set(days).size < WEEKDAYS.length,
  'These quiet hours never end. Give another "to", or fewer "days".',
);

export type FrequencyCap = z.infer<typeof frequencyCap>;

/** The part of a definition's settings that holds marketing back. */
export interface MessageLimits {
  readonly quietHours?: TimeWindow | undefined;
  readonly frequencyCap?: FrequencyCap | undefined;
}

/** Why a message does not go out now. */
export interface Limited {
  readonly reason: 'quiet_hours' | 'capped';
  /** When it may; null where it never may. */
  readonly until: Instant | null;
  /** Whether it waits until then, instead of being dropped. */
  readonly isDeferred: boolean;
}

/** When marketing messages went to the contact behind an instant: by a channel, or by any. */
export type MarketingSince = (
  channel: string | null,
  after: Instant,
) => Promise<readonly Instant[]>;

/** Why a marketing message of this channel may not go out now; null when it may. */
export async function limited(
  { quietHours: window, frequencyCap: cap }: MessageLimits,
  channel: string,
  facts: Facts,
  evaluators: Evaluators,
  since: MarketingSince,
): Promise<Limited | null> {
  const quiet = window === undefined ? null : silent(window, facts, evaluators);
  return quiet ?? (cap === undefined ? null : capped(cap, channel, facts.at, since));
}

function silent(window: TimeWindow, facts: Facts, evaluators: Evaluators): Limited | null {
  const { open, changesAt: until } = evaluators.window(window, facts.at, facts);
  if (!open) return null;
  return { reason: 'quiet_hours', until: until ?? null, isDeferred: until !== undefined };
}

async function capped(
  { max, per, channel, onCap }: FrequencyCap,
  by: string,
  at: Instant,
  since: MarketingSince,
): Promise<Limited | null> {
  if (channel !== undefined && channel !== by) return null;
  const earlier = await since(channel ?? null, at - per);
  const sent = earlier.map((startedAt) => ({ startedAt }));
  const until = fullUntil(sent, { max, within: per, at });
  return until === null ? null : { reason: 'capped', until, isDeferred: onCap === 'defer' };
}
