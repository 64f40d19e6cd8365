/**
 * Lets a waiting node judge where the facts are. An answer that ends the visit is stored with its words
 * before the workflow hears of it, so a repeated question gets the same answer.
 */
import { showWait } from '../src/db/enrollments';
import { getStep } from '../src/db/steps';
import type { Answer, NodeType } from '../src/journey/node-type';
import { orFailed } from '../src/journey/walk';
import type { AskResult } from '../src/journey/runtime';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { loadFacts } from '../src/db/facts';
import { codeOf, keyOf, recordEnd } from './step-book';

export function createAsk({ db, evaluators, loadGraph }: FactDeps): FactActivities['ask'] {
  return async ({
    workspaceId,
    enrollmentId,
    graph: ref,
    node,
    visit,
    at,
    startedAt,
    anchor,
    memory,
  }) => {
    const graph = await loadGraph(ref);
    const { type, config } = graph.node(node);
    return db.inWorkspace(workspaceId, async (tx): Promise<AskResult> => {
      const key = keyOf(enrollmentId, { node, visit });
      const stored = await getStep(tx, key);
      if (stored?.endedAt) return { ended: { port: stored.port, reason: codeOf(stored.reason) } };
      const loaded = await loadFacts(tx, enrollmentId, graph, { at, writes: true });
      // Erased meanwhile: whoever watches the enrollment ends it at the bell.
      if (loaded === null) return { until: null };
      const { facts } = loaded;
      const ask = asked(type);
      const answer: Answer = await orFailed(
        async () => ask(config, facts, evaluators, { number: visit, startedAt, anchor, memory }),
        (outcome) => outcome,
      );
      if (answer.until !== undefined) {
        const until = answer.until === null ? null : new Date(answer.until);
        await showWait(tx, enrollmentId, until, answer.for ?? null);
        return answer;
      }
      const { port, reason, output, exits } = answer;
      const status = port === 'error' ? 'failed' : 'completed';
      const ended = { node, visit, at, status, port, reason: reason.code } as const;
      await recordEnd(tx, enrollmentId, output ? { ...ended, output } : ended, reason.detail);
      return { ended: { port, reason: reason.code, ...(exits ? { exits } : {}) } };
    });
  };
}

type Ask = (...question: Parameters<NonNullable<Asking['ask']>>) => Answer | Promise<Answer>;
type Asking = Exclude<NodeType, { kind: 'decision' }>;

function asked(type: NodeType): Ask {
  if (type.kind === 'decision' || type.ask === undefined) {
    throw new Error(`Nodes of type "${type.type}" cannot be asked.`);
  }
  return type.ask;
}
