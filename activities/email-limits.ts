/** Quiet hours and caps of a mail, judged in the transaction that claims it. */
import type { Tx } from '../src/db/client';
import { type HeldBack, holdSends, marketingSince } from '../src/db/deliveries';
import type { EnrollmentFacts } from '../src/db/facts';
import { describeDuration } from '../src/journey/duration';
import type { Evaluators } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import { type Limited, limited, type MessageLimits } from '../src/journey/message-limits';

interface Limitable {
  readonly graph: Graph;
  readonly node: string;
  readonly effectKey: string;
  readonly evaluators: Evaluators;
}

/** Why a mail is not sent now, and until when it waits; without that it is dropped. */
export interface Delay extends HeldBack {
  readonly deferredUntil: Date | null;
}

/** Why a mail that could be sent is not sent now; null when it may be. */
export async function delayed(
  tx: Tx,
  { graph, node, effectKey, evaluators }: Limitable,
  { facts }: EnrollmentFacts,
): Promise<Delay | null> {
  const { type, config } = graph.node(node);
  const channel = type.marketsBy?.(config) ?? null;
  if (channel === null) return null;
  const limits = graph.definition.settings;
  const contactId = facts.contact.id;
  // Of two messages to one person at once, the second must count the first.
  if (limits.frequencyCap !== undefined) await holdSends(tx, contactId);
  const found = await limited(limits, channel, facts, evaluators, (by, after) =>
    marketingSince(tx, { contactId, channel: by, after: new Date(after), except: effectKey }),
  );
  if (found === null) return null;
  const deferredUntil = found.isDeferred && found.until !== null ? new Date(found.until) : null;
  return { reason: found.reason, receipt: receiptOf(found, limits), deferredUntil };
}

function receiptOf({ reason, until }: Limited, { frequencyCap }: MessageLimits): string {
  const next =
    until === null ? 'never possible' : `next possible at ${new Date(until).toISOString()}`;
  if (reason === 'quiet_hours' || frequencyCap === undefined)
    return `Blocked by quiet hours, ${next}.`;
  const { max, per, channel } = frequencyCap;
  const by = channel === undefined ? '' : ` by ${channel}`;
  return `Blocked by cap ${max} per ${describeDuration(per).replace(/^1 /, '')}${by}, ${next}.`;
}
