import { exceededRates } from '../journey/canary';
import { recordAudit } from './audit';
import { type CanaryRow, endCanary, runningCanary } from './canaries';
import { figuresOf } from './canary-figures';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { lockWorkflow } from './workflow-changes';

/** Who halts a canary when its rates say so. */
const ITSELF = 'throughline';

/** Halts the canary of a workflow if one of its rates lies above its limit; returns the one that was halted. */
export async function judgeCanary(tx: Tx, workflowId: string, at: Date): Promise<CanaryRow | null> {
  const canary = await runningCanary(tx, workflowId);
  if (canary === null) return null;
  const ofCanary = await figuresOf(tx, canary, 'canary');
  const exceeded = exceededRates(ofCanary, canary.limits);
  if (exceeded.length === 0) return null;
  const figures = { canary: ofCanary, active: await figuresOf(tx, canary, 'active') };
  const workflow = await lockWorkflow(tx, workflowId);
  // Somebody may have ended it while the rows were counted.
  if (workflow?.canaryVersion !== canary.version) return null;
  const decision = { by: ITSELF, reason: null, exceeded, figures };
  await endCanary(tx, canary, { state: 'halted', at, decision });
  const { version } = canary;
  await recordAudit(tx, {
    ...{ actor: ITSELF, action: 'workflow.canary_halt' },
    ...{ subjectType: 'workflow', subjectId: workflowId },
    detail: { status: 'applied', version, exceeded, figures } as unknown as JsonObject,
  });
  return canary;
}
