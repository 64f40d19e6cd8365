import type { Database } from '../src/db/client';
import { enterNext } from '../src/db/entry-batch';
import { orderNext } from '../src/db/job-batch';
import { getJob } from '../src/db/jobs';
import type { Evaluators } from '../src/journey/facts';
import type { Logger } from '../src/log';
import type { JobActivities, JobKey } from './contract';
import { guarded } from './failure';

interface JobDeps {
  readonly db: Database;
  readonly evaluators: Evaluators;
  readonly log?: Logger;
}

/** What the workflow of a job needs: the next of what it is to do, as a local activity. */
export function createJobActivities({ db, evaluators, log }: JobDeps): JobActivities {
  const orderBatch: JobActivities['orderBatch'] = async (job) => {
    const status = await nextOf({ db, evaluators }, job);
    // A job that is gone has nothing left to do.
    return { status: status ?? 'done' };
  };
  return { orderBatch: guarded('orderBatch', orderBatch, log) };
}

/** Orders the next commands, or lets the next people in. */
async function nextOf({ db, evaluators }: JobDeps, place: JobKey) {
  const { workspaceId, jobId } = place;
  const job = await db.inWorkspace(workspaceId, (tx) => getJob(tx, jobId));
  if (job?.type === 'enrollments') return enterNext(db, place, evaluators.condition);
  return db.inWorkspace(workspaceId, (tx) => orderNext(tx, jobId, new Date()));
}
