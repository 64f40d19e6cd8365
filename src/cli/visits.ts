/** The visits of a dry run, with the messages that each sent, and what was known when one of them began. */
import type { Instant } from '../journey/json';
import type { DryRunReport, ReportedSend, ReportedStep } from '../language/dry-run';

type ReportedCall = DryRunReport['calls'][number];

interface Span {
  readonly at: Instant;
  readonly endedAt: Instant | null;
}

export interface Visit extends Span {
  readonly step: ReportedStep;
  readonly sends: readonly ReportedSend[];
  readonly calls: readonly ReportedCall[];
}

/** Every visit in the order of beginning; a message belongs to the first visit of its node that lasted then. */
export function visitsOf(report: DryRunReport): readonly Visit[] {
  const sends = byNode(report.sends);
  const calls = byNode(report.calls);
  return report.steps.map((step) => {
    const at = Date.parse(step.at);
    const endedAt = step.endedAt === null ? null : Date.parse(step.endedAt);
    const lasted: Span = { at, endedAt };
    return {
      step,
      ...lasted,
      sends: take(sends.get(step.nodeId), lasted),
      calls: take(calls.get(step.nodeId), lasted),
    };
  });
}

interface Made {
  readonly nodeId: string;
  readonly at: string;
}

function byNode<T extends Made>(list: readonly T[]): ReadonlyMap<string, T[]> {
  const nodes = new Map<string, T[]>();
  for (const made of list) {
    const queue = nodes.get(made.nodeId);
    if (queue === undefined) nodes.set(made.nodeId, [made]);
    else queue.push(made);
  }
  return nodes;
}

/** Takes the next message of a node if it was made in that time: a visit makes one at most. */
function take<T extends Made>(queue: T[] | undefined, { at, endedAt }: Span): readonly T[] {
  const [first] = queue ?? [];
  if (queue === undefined || first === undefined) return [];
  const made = Date.parse(first.at);
  const isIts = made >= at && (endedAt === null || made <= endedAt);
  return isIts ? queue.splice(0, 1) : [];
}

/**
 * What had happened when a visit began: it and whatever lasted then are under way, what came later is not
 * there. Contact and variables stay those of the report.
 */
export function whenVisitBegan(report: DryRunReport, index: number): DryRunReport {
  const visits = visitsOf(report).slice(0, index + 1);
  const last = visits.at(-1);
  if (last === undefined) return report;
  const ended = visits.map(
    ({ endedAt }, each) => each < index && endedAt !== null && endedAt <= last.at,
  );
  const isBefore = ({ at }: { readonly at: string }) => Date.parse(at) <= last.at;
  const before = visits.slice(0, index);
  const sent = new Set<unknown>(before.flatMap(({ sends, calls }) => [...sends, ...calls]));
  const isTheirs = (made: Made) => sent.has(made) && isBefore(made);
  return {
    ...report,
    status: 'waiting',
    endedAt: null,
    goalId: null,
    goals: report.goals.filter(isBefore),
    reason: null,
    error: null,
    steps: visits.map(({ step }, each) => (ended[each] ? step : underWay(step))),
    sends: report.sends.filter(isTheirs),
    calls: report.calls.filter(isTheirs),
  };
}

function underWay({ nodeId, nodeType, visit, at }: ReportedStep): ReportedStep {
  return { nodeId, nodeType, visit, at, endedAt: null, status: 'waiting' };
}
