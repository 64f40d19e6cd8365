import { Context } from '@temporalio/activity';
import type { HttpChannel } from '../src/channels/http';
import type { Database } from '../src/db/client';
import type { Evaluators } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import type { GraphRef } from '../src/journey/graph-ref';
import { effectKey } from '../src/journey/state';
import type { Logger } from '../src/log';
import type { Call } from './call-claim';
import type { EffectInput } from './contract';

/** What the activities that call over HTTP are made of. */
export interface CallDeps {
  readonly db: Database;
  readonly http: HttpChannel;
  readonly evaluators: Evaluators;
  /** The published graph, from a cache. */
  loadGraph(ref: GraphRef): Promise<Graph>;
  readonly log: Logger;
  /** Which attempt this is; Temporal's word unless told. */
  attempt?(): Attempt;
}

export interface Attempt {
  /** The first is 1. */
  readonly number: number;
  /** After so long Temporal gives the attempt up. */
  readonly timeoutMs: number;
}

/** The attempt that runs now. */
export function currentAttempt({ attempt }: CallDeps): Attempt {
  if (attempt !== undefined) return attempt();
  const { info } = Context.current();
  return { number: info.attempt, timeoutMs: info.startToCloseTimeoutMs };
}

/** The parts of a call that its node and its visit give. */
export async function callOf(
  { evaluators, loadGraph }: CallDeps,
  { graph: ref, workspaceId, enrollmentId, node, visit, at, watch }: EffectInput<'webhook'>,
): Promise<Omit<Call, 'kind' | 'method' | 'onUnknown' | 'compose'> & { config: unknown }> {
  const graph = await loadGraph(ref);
  const { config, retry } = graph.node(node);
  return {
    ...{ workspaceId, enrollmentId, node, visit, at, watch, graph, evaluators, config, retry },
    effectKey: effectKey(enrollmentId, node, visit),
  };
}
