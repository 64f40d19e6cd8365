/** Starts and rings the workflows of jobs. Both may be repeated: a job's row says what is left to do. */
import type { Client } from '@temporalio/client';
import { BULK_WORKFLOW, doorbell, type JobInput } from '../../workflows/messages';
import { JOURNEYS_QUEUE } from './names';

export interface Jobs {
  /** Rings the job's workflow, which is started where none runs. */
  ring(job: JobInput): Promise<void>;
}

export function createJobs(
  client: Client,
  { journeysQueue = JOURNEYS_QUEUE }: { readonly journeysQueue?: string } = {},
): Jobs {
  return {
    async ring(job) {
      await client.workflow.signalWithStart(BULK_WORKFLOW, {
        workflowId: jobWorkflowId(job),
        taskQueue: journeysQueue,
        args: [job],
        signal: doorbell,
        signalArgs: [{ kind: 'job', id: job.jobId }],
        staticSummary: 'Commands for many',
      });
    },
  };
}

const jobWorkflowId = ({ workspaceId, jobId }: JobInput): string => `job/${workspaceId}/${jobId}`;
