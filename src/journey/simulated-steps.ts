/** The step rows of a simulation: the same memo that the database keeps. */
import type { VisitFacts } from './facts';
import type { GraphNode } from './graph';
import type { Instant } from './json';
import type { EndedVisit, VisitKey } from './runtime';
import type { SimulatedStep } from './simulation';
import { effectKey } from './state';
import type { BookedOutcome, StoredEnd } from './walk';

/** Why a visit was cut short that nothing else has ended. */
const ENDED = 'enrollment.ended';

export class SimulatedSteps {
  readonly #steps = new Map<string, SimulatedStep>();

  all(): readonly SimulatedStep[] {
    return [...this.#steps.values()];
  }

  /** The stored end of a visit; null while it lasts. */
  recall(visit: VisitKey): StoredEnd | null {
    const step = this.#steps.get(keyOf(visit));
    if (step === undefined || step.endedAt === null) return null;
    return { port: step.port, reason: step.code ?? '' };
  }

  enter(visit: VisitKey, node: GraphNode, at: Instant): void {
    if (this.#steps.has(keyOf(visit))) return;
    this.#steps.set(keyOf(visit), {
      nodeId: visit.node,
      nodeType: node.type.type,
      visit: visit.visit,
      at,
      endedAt: null,
      status: 'waiting',
      port: null,
      code: null,
      reason: null,
      output: {},
    });
  }

  /** Writes the end of a visit as it was judged; the first end stays. */
  close(visit: VisitKey, outcome: BookedOutcome, at: Instant): StoredEnd {
    const { port, reason, output = {}, skipped = false } = outcome;
    const status = skipped ? 'skipped' : port === 'error' ? 'failed' : 'completed';
    this.end({ ...visit, at, status, port, reason: reason.code, output }, reason.detail);
    return this.recall(visit) ?? { port, reason: reason.code };
  }

  end(
    ended: Omit<EndedVisit, 'status'> & { status: SimulatedStep['status'] },
    detail?: string,
  ): void {
    const step = this.#steps.get(keyOf(ended));
    if (step === undefined || step.endedAt !== null) return;
    const { status, port, reason, output = {}, at } = ended;
    Object.assign(step, {
      status,
      port,
      code: reason,
      reason: detail ?? reason,
      output,
      endedAt: at,
    });
  }

  cancelOpen(at: Instant): void {
    for (const step of this.#steps.values()) {
      if (step.endedAt !== null) continue;
      Object.assign(step, { status: 'cancelled', endedAt: at, code: ENDED, reason: ENDED });
    }
  }

  lastVisit(node: string): VisitFacts | null {
    const step = this.#latest(node);
    return step === undefined ? null : { startedAt: step.at, port: step.port };
  }

  latestKey(enrollmentId: string, node: string): string | null {
    const visit = this.#latest(node)?.visit;
    return visit === undefined ? null : effectKey(enrollmentId, node, visit);
  }

  #latest(node: string): SimulatedStep | undefined {
    return this.all().findLast((step) => step.nodeId === node && step.status !== 'skipped');
  }
}

function keyOf({ node, visit }: VisitKey): string {
  return `${node} ${visit}`;
}
