import type { Database } from '../src/db/client';
import { orderNext } from '../src/db/job-batch';
import type { Logger } from '../src/log';
import type { JobActivities } from './contract';
import { guarded } from './failure';

/** What the workflow of a job needs: its next batch of orders, as a local activity. */
export function createJobActivities({
  db,
  log,
}: {
  readonly db: Database;
  readonly log?: Logger;
}): JobActivities {
  const orderBatch: JobActivities['orderBatch'] = async ({ workspaceId, jobId }) => {
    const status = await db.inWorkspace(workspaceId, (tx) => orderNext(tx, jobId, new Date()));
    // A job that is gone has nothing left to order.
    return { status: status ?? 'done' };
  };
  return { orderBatch: guarded('orderBatch', orderBatch, log) };
}
