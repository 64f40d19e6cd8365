/** What became of the effects of steps: the claims of messages and calls, in one shape. */
import { inArray } from 'drizzle-orm';
import { effectKey } from '../journey/state';
import type { Tx } from './client';
import { deliveries, type DeliveryStatus } from './schema/deliveries';
import { effects, type EffectStatus } from './schema/effects';
import type { StepRow } from './steps';

export interface StepEffect {
  readonly status: DeliveryStatus | EffectStatus;
  /** How often it was begun. */
  readonly attempts: number;
  /** Why it was not done, or why nobody knows. */
  readonly reason: string | null;
  /** The same in words, where there is more to say. */
  readonly receipt: string | null;
  /** How an outcome that nobody knew was settled; null while it is not, and where it never was in doubt. */
  readonly resolution: string | null;
  readonly resolvedAt: Date | null;
}

/** The effects of some steps, by `effectKeyOf`. */
export async function effectsOf(
  tx: Tx,
  steps: readonly StepRow[],
): Promise<ReadonlyMap<string, StepEffect>> {
  if (steps.length === 0) return new Map();
  const keys = steps.map(effectKeyOf);
  const messages = await tx
    .select({
      key: deliveries.effectKey,
      status: deliveries.status,
      attempts: deliveries.attempt,
      reason: deliveries.reason,
      receipt: deliveries.receipt,
      resolution: deliveries.resolution,
      resolvedAt: deliveries.resolvedAt,
    })
    .from(deliveries)
    .where(inArray(deliveries.effectKey, keys));
  const calls = await tx
    .select({
      key: effects.effectKey,
      status: effects.status,
      attempts: effects.attempt,
      reason: effects.reason,
      resolution: effects.resolution,
      resolvedAt: effects.resolvedAt,
    })
    .from(effects)
    .where(inArray(effects.effectKey, keys));
  const others = calls.map((call) => ({ ...call, receipt: null }));
  return new Map([...messages, ...others].map(({ key, ...effect }) => [key, effect]));
}

/** The key under which a step's effect is claimed. */
export function effectKeyOf({
  enrollmentId,
  nodeId,
  visit,
}: Pick<StepRow, 'enrollmentId' | 'nodeId' | 'visit'>): string {
  return effectKey(enrollmentId, nodeId, visit);
}
