/** The walk's book in the database: a step and what it changes commit together, the first write wins. */
import type { Tx } from '../src/db/client';
import { type EnrollmentRow, setPosition } from '../src/db/enrollments';
import { loadFacts } from '../src/db/facts';
import {
  bookStep,
  countStep,
  endStep,
  enterStep,
  getStep,
  openNodeIds,
  type StepKey,
  unbookStep,
} from '../src/db/steps';
import { EvaluationFailed, type Facts } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import type { Instant } from '../src/journey/json';
import { apart, reasonText } from '../src/journey/reason';
import type { EndedVisit, VisitKey } from '../src/journey/runtime';
import type { StepBook } from '../src/journey/walk';
import type { FactWrite } from '../src/journey/writes';
import { applyWrite } from './fact-writes';

/** The enrollment was ended from outside while this transaction was about to enter a visit. */
export class EndedMeanwhile extends Error {
  override readonly name = 'EndedMeanwhile';
}

/** `loaded` are the facts that this transaction has read already. */
export function createStepBook(
  tx: Tx,
  enrollment: EnrollmentRow,
  loaded: Facts,
  graph: Graph,
): StepBook {
  const when = new Date(loaded.at);
  let current: Facts | null = loaded;
  const makeWrites = async (writes: readonly FactWrite[], key: StepKey) => {
    try {
      for (const write of writes) await applyWrite(tx, enrollment, write, when);
    } catch (error) {
      // A contact that does not allow the change fails the node, which is booked as that.
      if (error instanceof EvaluationFailed) await unbookStep(tx, key);
      throw error;
    }
  };
  return {
    facts: async () => {
      current ??= await reload(tx, enrollment.id, graph, loaded.at);
      return current;
    },
    async recall(visit) {
      const step = await getStep(tx, keyOf(enrollment.id, visit));
      if (step === null || step.endedAt === null) return null;
      return { port: step.port, reason: codeOf(step.reason) };
    },
    async decide(visit, node, outcome) {
      const { port, reason, skipped = false } = outcome;
      const key = keyOf(enrollment.id, visit);
      // Before the changes: of two that decide at once, the other waits here and makes none.
      const { row, isFirst } = await bookStep(tx, {
        ...key,
        nodeType: node.type.type,
        status: skipped ? 'skipped' : port === 'error' ? 'failed' : 'completed',
        port,
        reason: reasonText(reason.code, reason.detail),
        output: outcome.output ?? null,
        startedAt: when,
        endedAt: when,
      });
      // What another has decided, it has changed too.
      if (!isFirst || outcome.writes?.length) current = null;
      if (isFirst) {
        await makeWrites(outcome.writes ?? [], key);
        countStep(tx, row);
      }
      return { port: row.port, reason: codeOf(row.reason) };
    },
    async enter(visit, node, waiting) {
      const status = waiting === null ? 'running' : 'waiting';
      const key = keyOf(enrollment.id, visit);
      await enterStep(tx, { ...key, nodeType: node.type.type, status, at: when });
      const isOpen = await setPosition(tx, enrollment.id, {
        currentNodeIds: await openNodeIds(tx, enrollment.id),
        waitUntil: waiting?.until == null ? null : new Date(waiting.until),
        waitingFor: waiting?.for ?? null,
        status,
      });
      // Ended by somebody who did not see the visit: its row would stay open for ever.
      if (!isOpen) throw new EndedMeanwhile();
    },
  };
}

async function reload(tx: Tx, enrollmentId: string, graph: Graph, at: Instant): Promise<Facts> {
  const again = await loadFacts(tx, enrollmentId, graph, { at, writes: true });
  if (again !== null) return again.facts;
  throw new Error(`Enrollment ${enrollmentId} disappeared in the transaction that holds it.`);
}

/** Records the end of a visit; one that ended already keeps its first end. */
export async function recordEnd(
  tx: Tx,
  enrollmentId: string,
  ended: EndedVisit,
  detail?: string,
): Promise<void> {
  await endStep(tx, {
    ...keyOf(enrollmentId, ended),
    status: ended.status,
    port: ended.port,
    reason: reasonText(ended.reason, detail),
    output: ended.output ?? null,
    at: new Date(ended.at),
  });
}

/** The row of a visit. */
export function keyOf(enrollmentId: string, { node, visit }: VisitKey) {
  return { enrollmentId, nodeId: node, visit };
}

/** The stable part of a stored reason. */
export function codeOf(reason: string | null): string {
  return apart(reason ?? '').code;
}
