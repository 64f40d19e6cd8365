/**
 * Effects on our own rows, which need no call: the claim, the change and its result commit together, so
 * an activity that runs again answers what was stored.
 *
 * Owns: doing it once, what stops it, what of a failure may leave. Does not own: what is done.
 */
import type { Tx } from '../src/db/client';
import {
  claimEffect,
  type EffectRow,
  lockEffect,
  recordEffect,
  stopEffect,
} from '../src/db/effects';
import { type EnrollmentFacts, loadFacts } from '../src/db/facts';
import { AppError, type ErrorCode } from '../src/errors';
import { EvaluationFailed } from '../src/journey/facts';
import type { Graph, GraphNode } from '../src/journey/graph';
import type { JsonObject } from '../src/journey/json';
import type { EffectAttempt } from '../src/journey/runtime';
import { effectKey } from '../src/journey/state';
import type { Subject } from './contract';
import type { FactDeps } from './deps';
import { permanent } from './failure';
import { renderingAgain } from './render-again';
import { ERASED, stoppedBy } from './stopped-by';

type OwnInput = Subject & Pick<EffectAttempt, 'node' | 'visit' | 'at' | 'watch'>;

/** Makes the change in the transaction that claimed it. May fail with EvaluationFailed or AppError. */
type Change = (tx: Tx, node: GraphNode, loaded: EnrollmentFacts) => Promise<JsonObject>;

export type OwnResult =
  | { readonly done: JsonObject }
  /** Nothing was changed: the enrollment is over, or about to be. */
  | { readonly stopped: string };

/** Makes a change once. Rejects with a permanent failure when the node's data cannot be used. */
export async function changeOnce(
  deps: FactDeps,
  input: OwnInput,
  change: Change,
): Promise<OwnResult> {
  const row = await renderingAgain(isLimit, (lastTry) => settled(deps, input, change, lastTry));
  if (row === null) return { stopped: ERASED };
  if (row.status === 'failed') throw permanent(codeOf(row), 'stored');
  return row.status === 'blocked'
    ? { stopped: row.reason ?? 'unknown' }
    : { done: row.response ?? {} };
}

const codeOf = ({ reason }: EffectRow) => (reason ?? 'step.failed') as ErrorCode;

const LIMIT = 'template.limit';
const isLimit = (error: unknown) => error instanceof EvaluationFailed && error.code === LIMIT;

/** The effect's row once it is settled; null when the person was erased. */
async function settled(
  deps: FactDeps,
  { workspaceId, enrollmentId, graph: ref, node: nodeId, visit, at, watch }: OwnInput,
  change: Change,
  lastTry: boolean,
): Promise<EffectRow | null> {
  const graph: Graph = await deps.loadGraph(ref);
  const node = graph.node(nodeId);
  const key = effectKey(enrollmentId, nodeId, visit);
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const loaded = await loadFacts(tx, enrollmentId, graph, { at, writes: true });
    if (loaded === null) return null;
    const claim = { effectKey: key, enrollmentId, nodeId, visit, kind: node.type.type };
    const row = await claimEffect(tx, { ...claim, status: 'claimed' });
    if (row === null) return lockEffect(tx, key);
    const stopped = await stoppedBy({ graph, watch, evaluators: deps.evaluators }, loaded);
    if (stopped !== null) return stopEffect(tx, row, 'blocked', stopped);
    const end = await outcomeOf(() => change(tx, node, loaded), lastTry);
    await recordEffect(tx, row, end);
    return { ...row, ...end };
  });
}

async function outcomeOf(work: () => Promise<JsonObject>, lastTry: boolean) {
  try {
    return { status: 'done', reason: null, response: await work() } as const;
  } catch (error) {
    if (isLimit(error) && !lastTry) throw error;
    if (!(error instanceof EvaluationFailed || error instanceof AppError)) throw error;
    const detail = error instanceof AppError ? error.detail : error.message;
    return { status: 'failed', reason: error.code, response: { detail } } as const;
  }
}
