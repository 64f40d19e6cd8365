import { createHttpRequest } from '../../activities/http-request';
import type { Attempt, CallDeps } from '../../activities/call-deps';
import { createWebhook } from '../../activities/webhook';
import type { HttpChannel } from '../../src/channels/http';
import type { Database } from '../../src/db/client';
import { createEvaluators } from '../../src/evaluate/evaluators';
import type { Definition } from '../../src/journey/definition';
import type { CallResult } from '../../src/journey/runtime';
import { createLogger } from '../../src/log';
import { openVersions } from '../../src/temporal/versions';
import { define } from './define';
import { inputAt, REACHED_AT, standIn, type Standing } from './standing';

/** Somebody who stands at her node `call`. */
export interface CallCase extends Standing {
  readonly type: 'webhook' | 'http_request';
}

interface Given {
  readonly type: CallCase['type'];
  readonly data: object;
  readonly node?: object;
  readonly contact?: object;
}

export async function callCase(
  db: Database,
  workspaceId: string,
  { type, data, node = {}, contact = {} }: Given,
): Promise<CallCase> {
  const sketch = define({
    nodes: { call: [type, data] },
    goals: [{ id: 'paid', event: 'cart.paid' }],
  });
  const [call, ...others] = sketch.nodes;
  const definition = { ...sketch, nodes: [{ ...call, ...node }, ...others] } as Definition;
  return { ...(await standIn(db, workspaceId, definition, contact)), type };
}

/** The activity as the worker builds it, reading the published version; `attempt` counts from 1. */
export function caller(
  db: Database,
  http: HttpChannel,
  attempt: Partial<Attempt> = {},
): (of: CallCase) => Promise<CallResult> {
  const deps: CallDeps = {
    db,
    http,
    evaluators: createEvaluators(),
    loadGraph: openVersions(db).loadGraph,
    log: createLogger('test', 'silent'),
    attempt: () => ({ number: 1, timeoutMs: 10_000, ...attempt }),
  };
  const activities = { webhook: createWebhook(deps), http_request: createHttpRequest(deps) };
  return ({ type, ...of }) => activities[type]({ ...inputAt(of, 'call'), at: REACHED_AT });
}
