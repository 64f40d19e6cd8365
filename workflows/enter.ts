/**
 * Somebody is to enter a workflow, as a backend has ordered in Temporal: held there until PostgreSQL has judged it.
 *
 * Owns: that the order is not lost. Does not own: whether she may enter (activities/admit.ts), and her journey, which
 * the relay starts as any other.
 */
import { proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { EntryActivities } from '../activities/contract';
import type { EntryOrder, EntryOutcome } from './messages';

const { admit } = proxyLocalActivities<EntryActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export async function enter(order: EntryOrder): Promise<EntryOutcome> {
  const { workflowId: orderId } = workflowInfo();
  return admit.executeWithOptions({ summary: 'Ask whether she may enter' }, [
    { ...order, orderId, at: Date.now() },
  ]);
}
