/**
 * A job: one command for many enrollments, a batch each second.
 *
 * Owns: the rate. Does not own: whose turn it is, and whether the job is paused (its row, which every batch reads).
 *
 * Invariants:
 * B1. A batch that runs again is the next one (src/db/job-batch.ts), so a crash repeats nothing.
 * B2. While the job is paused only a bell goes on; one that rang before the look is not missed.
 */
import {
  condition,
  continueAsNew,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { JobActivities } from '../activities/contract';
import { doorbell, type JobInput } from './messages';

const SECOND_MS = 1_000;
/** A batch is about five events; a history of ten minutes stays small. */
const BATCHES_PER_HISTORY = 600;

const { orderBatch } = proxyLocalActivities<JobActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export async function bulk(input: JobInput): Promise<void> {
  let bells = 0;
  setHandler(doorbell, () => {
    bells += 1;
  });
  for (let batch = 0; batch < BATCHES_PER_HISTORY; batch += 1) {
    const heard = bells;
    const begunAt = Date.now();
    const { status } = await orderBatch.executeWithOptions({ summary: 'Order the next batch' }, [
      input,
    ]);
    if (status === 'done' || status === 'cancelled') return;
    if (status === 'paused') await condition(() => bells > heard);
    else await sleep(Math.max(1, begunAt + SECOND_MS - Date.now()), { summary: 'Keep the rate' });
  }
  return continueAsNew<typeof bulk>(input);
}
