import { createHttpRequest } from '../../activities/http-request';
import type { Attempt, CallDeps } from '../../activities/call-deps';
import { createWebhook } from '../../activities/webhook';
import type { HttpChannel } from '../../src/channels/http';
import type { Database } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import type { Definition } from '../../src/journey/definition';
import type { CallResult } from '../../src/journey/runtime';
import { createLogger } from '../../src/log';
import { openVersions } from '../../src/temporal/versions';
import { admit } from './admit';
import { define } from './define';

/** One enrollment that stands at its node `call`. */
export interface CallCase {
  readonly workspaceId: string;
  readonly workflowId: string;
  readonly enrollmentId: string;
  readonly contactId: string;
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
  return db.inWorkspace(workspaceId, async (tx) => {
    const workflow = await createWorkflow(tx, { key: `w-${newId()}`, name: 'Test', draft: {} });
    const version = { workflowId: workflow.id, definition, contentHash: 'h' };
    await publishVersion(tx, { ...version, listensTo: ['cart.paid'], triggers: [] });
    const ada = { externalId: newId(), email: `${newId()}@example.com`, firstName: 'Ada' };
    const { contact: person } = await upsertContact(tx, { ...ada, ...contact });
    const { id: enrollmentId } = await admit(tx, {
      workflowId: workflow.id,
      contactId: person.id,
      at: new Date('2026-03-01T08:00:00Z'),
    });
    return { workspaceId, workflowId: workflow.id, enrollmentId, contactId: person.id, type };
  });
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
  return ({ type, workspaceId, enrollmentId, workflowId }) =>
    activities[type]({
      workspaceId,
      enrollmentId,
      graph: { workspaceId, workflowId, version: 1, hash: 'h' },
      node: 'call',
      visit: 1,
      at: new Date('2026-03-01T09:00:00Z').getTime(),
      watch: { reached: [], armed: [] },
    });
}
