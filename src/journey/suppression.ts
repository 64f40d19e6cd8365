/**
 * Addresses that nothing is sent to any more, because mail to them comes back or is unwelcome; one rule for what is
 * sent and for dry runs. It is about an address, not about a purpose: a receipt would come back too.
 */
import type { Instant, JsonObject } from './json';

export const SUPPRESSION_REASONS = ['hard_bounce', 'complaint', 'manual'] as const;

export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** That nothing goes to an address any more, since when and why. */
export interface Suppression {
  readonly reason: SuppressionReason;
  readonly since: Instant;
}

/** Where providers say what kind of bounce it was. */
const KIND_FIELDS = ['kind', 'type', 'bounceType', 'bounce_type'] as const;
/** A mailbox that is full today, a server that asks to come back: another mail may arrive. */
const SOFT = /^(?:soft|transient|temporary|deferred|delayed|undetermined|blocked?)$/i;

/** Why an event ends all mail to the address of its message; null for any other event. */
export function suppressedBy(type: string, properties: JsonObject): SuppressionReason | null {
  if (type === 'email.complained') return 'complaint';
  return type === 'email.bounced' && !isSoftBounce(properties) ? 'hard_bounce' : null;
}

/** Whether an `email.bounced` tells of a mail that another one may follow. */
export function isSoftBounce(properties: JsonObject): boolean {
  return KIND_FIELDS.some((field) => {
    const kind = Object.hasOwn(properties, field) ? properties[field] : null;
    return typeof kind === 'string' && SOFT.test(kind.trim());
  });
}

/** The form of an address under which it is suppressed. */
export function suppressedForm(address: string): string {
  return address.trim().toLowerCase();
}
