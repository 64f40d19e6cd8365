/** Compares what the provider has taken with what the rows say was done. */
import { OUTWARD } from './journeys';
import type { Ledger, Taken } from './ledger';
import type { Happened, Observed, Step } from './observed';

export interface EffectFindings {
  readonly taken: number;
  /** Visits that say it was done. */
  readonly done: number;
  /** Done by the rows, unknown to the provider. */
  readonly lost: readonly string[];
  /** Taken more often than there were visits, where the provider knows repetitions by our id. */
  readonly duplicated: readonly string[];
  /** Mails taken more than once; their provider does not de-duplicate. */
  readonly mailedTwice: readonly string[];
  /** Repetitions that the provider recognized. */
  readonly recognized: number;
  /** Taken, and in no row. */
  readonly invisible: readonly string[];
  readonly unknown: number;
  readonly reconciled: number;
  /** What was injected that may leave an attempt in doubt. */
  readonly injected: number;
}

const DONE = ['call.done', 'send.sent'];

export function judgeEffects(
  observed: Observed,
  ledger: Ledger,
  faults: readonly Happened[],
): EffectFindings {
  const outward = observed.steps.filter(
    ({ nodeType, status }) => OUTWARD.includes(nodeType) && status !== 'skipped',
  );
  const done = outward.filter(
    ({ port, reason }) => port === 'next' && DONE.includes(codeOf(reason)),
  );
  const visits = counted(outward, placeOf);
  const all = ledger.all();
  const ids = counted(all, placeOf);
  const rows = new Set(observed.claims.map(({ channel, id }) => `${channel} ${id}`));
  const { http, mail } = ledger.answers;
  const known = new Set(observed.enrollments.map(({ id }) => id));
  return {
    taken: all.length,
    done: done.length,
    lost: excess(counted(done, placeOf), ids),
    duplicated: excess(ids, visits),
    mailedTwice: all.filter((one) => one.channel === 'mail' && one.count > 1).map(describe),
    recognized: sum(all.filter(({ channel }) => channel === 'http').map(({ count }) => count - 1)),
    invisible: all
      .filter(
        ({ channel, id, enrollmentId }) => known.has(enrollmentId) && !rows.has(`${channel} ${id}`),
      )
      .map(describe),
    unknown: observed.claims.filter(({ status }) => status === 'unknown').length,
    reconciled: observed.claims.filter(({ resolution }) => resolution !== null).length,
    injected:
      http.lose +
      mail.lose +
      http.hang +
      mail.hang +
      ledger.unheard +
      sum(faults.map(({ underWay }) => underWay)),
  };
}

/** The share of effects that the provider took more than once for one visit. */
export function duplicateShare({ duplicated, mailedTwice, taken }: EffectFindings): number {
  return taken === 0 ? 0 : (duplicated.length + mailedTwice.length) / taken;
}

/** Above this share the control has shown that duplicates would be seen. */
const CONTROL_SHARE = 0.01;

export function provesDuplicates(found: EffectFindings): boolean {
  return duplicateShare(found) > CONTROL_SHARE;
}

const codeOf = (reason: string | null): string => reason?.split(': ', 1)[0] ?? '';
const placeOf = ({ enrollmentId, nodeId }: Pick<Step, 'enrollmentId' | 'nodeId'>): string =>
  `${enrollmentId} ${nodeId}`;
const describe = ({ enrollmentId, nodeId, id, count }: Taken): string =>
  `${enrollmentId} ${nodeId} ${id} ×${count}`;
const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

function counted<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

/** One entry for each by which the one count goes beyond the other. */
function excess(
  counts: ReadonlyMap<string, number>,
  limits: ReadonlyMap<string, number>,
): string[] {
  return [...counts].flatMap(([place, count]) =>
    Array.from({ length: Math.max(0, count - (limits.get(place) ?? 0)) }, () => place),
  );
}
