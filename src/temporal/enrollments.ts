/** Starts and rings enrollment workflows. Both may be repeated: ids are fixed, bells carry no data. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Database } from '../db/client';
import { type EnrollmentRow, markStarted } from '../db/enrollments';
import { loadVersion } from '../db/workflows';
import type { EnrollmentState } from '../journey/state';
import { ENGINE_VERSION } from '../journey/engine-version';
import type { Logger } from '../log';
import {
  type Doorbell,
  doorbell,
  ENROLLMENT_WORKFLOW,
  type EnrollmentInput,
  type EnrollmentOptions,
  type GraphPayload,
} from '../../workflows/messages';
import { startAttributes } from '../../workflows/search-attributes';
import { grpcStatus } from './error-code';
import { EFFECTS_QUEUE, JOURNEYS_QUEUE } from './names';
import { createNamespaceAttributes, type NamespaceAttributes } from './namespace-attributes';

/** History events after which an enrollment begins a fresh one; the server terminates at 51,200. */
const HISTORY_LIMIT = 2_000;

export interface EnrollmentStarter {
  /** Starts within the deadline, or null: then the relay will. */
  tryStart(enrollment: EnrollmentRow, deadlineMs: number): Promise<{ runId: string } | null>;
}

export interface EnrollmentStarterOptions {
  readonly journeysQueue?: string;
  readonly options?: Partial<EnrollmentOptions>;
  /** Hears when enrollments start without search attributes. */
  readonly log?: Logger;
  /** Whether the namespace knows the search attributes; asked of the server unless told. */
  readonly attributes?: NamespaceAttributes;
}

export interface Enrollments extends EnrollmentStarter {
  /** Starts the enrollment's workflow, or finds it started; rejects when Temporal does not answer. */
  start(enrollment: EnrollmentRow): Promise<{ runId: string }>;
  /** Rings; a journey that is over needs no bell. False when there was nobody to ring. */
  ring(enrollment: Pick<EnrollmentRow, 'temporalWorkflowId'>, bell: Doorbell): Promise<boolean>;
}

export function createEnrollments(
  client: Client,
  db: Database,
  { journeysQueue = JOURNEYS_QUEUE, options = {}, log, ...given }: EnrollmentStarterOptions = {},
): Enrollments {
  const attributes = given.attributes ?? createNamespaceAttributes(client, { log });
  const start = async (enrollment: EnrollmentRow): Promise<{ runId: string }> => {
    const args = await startArguments(db, enrollment, {
      searchAttributes: options.searchAttributes ?? (await attributes.usable()),
      historyLimit: HISTORY_LIMIT,
      effectsQueue: EFFECTS_QUEUE,
      engineVersion: ENGINE_VERSION,
      ...options,
    });
    const runId = await startOnce(client, enrollment, args, journeysQueue).catch((error) => {
      if (grpcStatus(error) === 'INVALID_ARGUMENT') attributes.doubt();
      throw error;
    });
    await db.inWorkspace(enrollment.workspaceId, (tx) => markStarted(tx, enrollment.id, runId));
    return { runId };
  };
  return {
    start,
    async tryStart(enrollment, deadlineMs) {
      const started = client.connection
        .withDeadline(Date.now() + deadlineMs, () => start(enrollment))
        .catch(() => null);
      // Search attributes that are just being registered take longer than a caller waits.
      return Promise.race([started, sleep(deadlineMs, null, { ref: false })]);
    },
    async ring({ temporalWorkflowId }, bell) {
      try {
        await client.workflow.getHandle(temporalWorkflowId).signal(doorbell, bell);
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

type StartArguments = [EnrollmentInput, GraphPayload];

async function startArguments(
  db: Database,
  enrollment: EnrollmentRow,
  options: EnrollmentOptions,
): Promise<StartArguments> {
  const { workspaceId, workflowId, version } = enrollment;
  const stored = await db.inWorkspace(workspaceId, (tx) => loadVersion(tx, workflowId, version));
  if (stored === null) throw new Error(`Version ${version} of workflow ${workflowId} is gone.`);
  const $graph = { workspaceId, workflowId, version, hash: stored.contentHash };
  const input: EnrollmentInput = {
    workspaceId,
    enrollmentId: enrollment.id,
    startedAt: enrollment.startedAt.getTime(),
    state: enrollment.resumeState as EnrollmentState | null,
    ...(enrollment.retries === 0 ? {} : { retries: enrollment.retries }),
    options,
  };
  return [input, { $graph }];
}

async function startOnce(
  client: Client,
  enrollment: EnrollmentRow,
  args: StartArguments,
  taskQueue: string,
): Promise<string> {
  const { temporalWorkflowId: workflowId, workflowKey, version } = enrollment;
  const { searchAttributes } = args[0].options;
  try {
    const handle = await client.workflow.start(ENROLLMENT_WORKFLOW, {
      workflowId,
      taskQueue,
      args,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `${workflowKey} v${version}`,
      memo: { workflow: workflowKey, version },
      ...(searchAttributes ? { typedSearchAttributes: startAttributes(enrollment) } : {}),
    });
    return handle.firstExecutionRunId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // Started before and over already; its first run is what was meant.
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    return runId;
  }
}
