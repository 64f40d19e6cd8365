/** Waiting for something to be over, while a line on the terminal says how it stands. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ThroughlineClient } from '../client/index';
import type { EnrollmentState, Job } from '../client/types';
import type { Options } from './options';
import { withProgress } from './progress';
import { lengthOf } from './values';

export const WAIT_OPTION = {
  wait: { type: 'string', value: 'time', help: 'Wait for the end, so long at most: 30s, 10m.' },
} as const satisfies Options;

/** The longest that the API holds one answer back. */
const LONGEST_SECONDS = 30;
const JOB_POLL_MS = 500;

/** The enrollment when it has ended, or as it is after that time; at once without one. */
export async function awaitedEnrollment(
  client: ThroughlineClient,
  id: string,
  wait: string | undefined,
): Promise<EnrollmentState> {
  const deadline = performance.now() + (wait === undefined ? 0 : lengthOf(wait, '--wait'));
  return withProgress(async (tell) => {
    for (;;) {
      const left = Math.max(0, Math.ceil((deadline - performance.now()) / 1_000));
      const waitSeconds = Math.min(LONGEST_SECONDS, left);
      const state = await client.enrollments.get(id, { waitSeconds });
      if (state.endedAt !== null || performance.now() >= deadline) return state;
      tell(`${state.status} ${state.currentNodeIds.join(', ')}`);
    }
  });
}

/** The job when everything is ordered and judged, or as it is after that time. */
export async function awaitedJob(
  client: ThroughlineClient,
  id: string,
  wait: string | undefined,
): Promise<Job> {
  const deadline = performance.now() + (wait === undefined ? 0 : lengthOf(wait, '--wait'));
  return withProgress(async (tell) => {
    for (;;) {
      const job = await client.jobs.get(id);
      if (isOver(job) || performance.now() >= deadline) return job;
      tell(`${job.status}: ${job.ordered} of ${job.total} ordered, ${job.pending} not judged yet`);
      await sleep(JOB_POLL_MS);
    }
  });
}

/** Nothing more will come of it. */
export const isOver = ({ status, pending }: Job): boolean =>
  status === 'cancelled' || (status === 'done' && pending === 0);
