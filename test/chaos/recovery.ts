/** How late people woke up: their timers against the times at which the next thing was written. */
import { type FaultKind, QUIET_MS } from './faults';
import type { Journey } from './journeys';
import type { Enrollment, Happened, Observed } from './observed';

export interface Lateness {
  readonly wakeUps: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

export interface Recovery {
  readonly kill: Lateness;
  readonly term: Lateness;
  /** Those after a SIGTERM that came while the machine was behind already: they tell of what was before. */
  readonly termBehind: Lateness;
  /** Wake-ups with no fault near them. */
  readonly calm: Lateness;
}

interface WakeUp {
  readonly due: number;
  readonly late: number;
}

/** How long before and after a fault a wake-up counts as disturbed by it. */
const NEAR_BEFORE_MS = 1_000;
const NEAR_AFTER_MS = 15_000;

/** How long before a fault one looks whether the machine keeps up. */
const BEFORE_MS = 3_000;
/** Visits are written this long after they began, at the median, where it does not; a few dozen ms where it does. */
const BEHIND_MS = 150;

export function measureRecovery(
  observed: Observed,
  journeyOf: (enrollment: Enrollment) => Journey | undefined,
  faults: readonly Happened[],
): Recovery {
  const wakeUps = wakeUpsOf(observed, journeyOf);
  const after = (kind: FaultKind, counts: (fault: Happened) => boolean = () => true): WakeUp[] => {
    const span = QUIET_MS[kind] ?? 0;
    const clean = faults.filter(
      (fault) => fault.fault.kind === kind && isAlone(fault, span, faults) && counts(fault),
    );
    return wakeUps.filter(({ due }) =>
      clean.some(({ beganAt }) => due >= beganAt - 250 && due < beganAt + span),
    );
  };
  const isCalm = ({ due }: WakeUp) =>
    faults.every(
      ({ beganAt, endedAt }) => due < beganAt - NEAR_BEFORE_MS || due > endedAt + NEAR_AFTER_MS,
    );
  return {
    kill: latenessOf(after('worker SIGKILL')),
    term: latenessOf(after('worker SIGTERM', (fault) => !isBehind(observed, fault))),
    termBehind: latenessOf(after('worker SIGTERM', (fault) => isBehind(observed, fault))),
    calm: latenessOf(wakeUps.filter(isCalm)),
  };
}

/** Waits for a length of time that ended by themselves. */
function wakeUpsOf(
  observed: Observed,
  journeyOf: (enrollment: Enrollment) => Journey | undefined,
): WakeUp[] {
  const enrollments = new Map(observed.enrollments.map((each) => [each.id, each]));
  return observed.steps.flatMap(({ enrollmentId, nodeId, reason, startedAt, closedAt }) => {
    const enrollment = enrollments.get(enrollmentId);
    const node = enrollment && journeyOf(enrollment)?.nodes.find(({ id }) => id === nodeId);
    const seconds = /^([1-9]\d*)s$/.exec(JSON.stringify(node?.data['for'] ?? '').slice(1, -1))?.[1];
    if (seconds === undefined || reason !== 'wait.elapsed' || closedAt === null) return [];
    const due = startedAt.getTime() + Number(seconds) * 1_000;
    return [{ due, late: closedAt.getTime() - due }];
  });
}

/** Whether no other fault was on from a little before it until `span` after it. */
function isAlone(fault: Happened, span: number, faults: readonly Happened[]): boolean {
  return faults.every(
    (other) =>
      other === fault ||
      other.endedAt < fault.beganAt - 2_000 ||
      other.beganAt > fault.beganAt + span,
  );
}

/** Whether people were served late before the fault came. */
function isBehind({ steps }: Observed, { beganAt }: Happened): boolean {
  const lags = steps
    .map(({ startedAt, writtenAt }) => [startedAt.getTime(), writtenAt.getTime()] as const)
    .filter(([begun]) => begun >= beganAt - BEFORE_MS && begun < beganAt)
    .map(([begun, written]) => written - begun);
  return shareOf(lags)(0.5) > BEHIND_MS;
}

function latenessOf(wakeUps: readonly WakeUp[]): Lateness {
  const at = shareOf(wakeUps.map(({ late }) => late));
  return { wakeUps: wakeUps.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}

/** The value that such a share of them does not exceed; 0 of none. */
function shareOf(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
