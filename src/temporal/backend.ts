/**
 * `throughline/temporal`: for backends that speak to Temporal directly, beside the client of the API.
 *
 * Owns: orders to let somebody in, asking journeys where they are, waking and steering them, waiting for their end.
 * Does not own: rows. What happened is reported through `throughline/client`; a signal carries no fact.
 *
 * 1. No enrollment's workflow is started here: without its row no rule of admission was asked, nothing could be sent
 *    for it, and the API would never know of it. `start` starts an order, which a worker judges and stores.
 * 2. Whatever is ordered is judged by the rules of the API, and recorded where it is judged.
 * 3. Ids alone go into Temporal; bells may be rung twice, and an order with an id of its own may be given twice.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { CommandInput, CommandType } from '../journey/commands';
import {
  type CommandOrder,
  type CommandOutcome,
  commandUpdates,
  type Doorbell,
  doorbell,
  ENROLLMENT_WORKFLOW,
  ENTER_WORKFLOW,
  type EnrollmentResult,
  type EnrollmentView,
  type EntryOrder,
  type EntryOutcome,
  stateQuery,
} from '../../workflows/messages';
import { grpcStatus } from './error-code';
import { JOURNEYS_QUEUE } from './names';

export type {
  CommandOutcome,
  Doorbell,
  EnrollmentResult,
  EnrollmentView,
  EntryOrder,
  EntryOutcome,
};

/** How long an order waits for a worker to judge it, unless told. */
const ORDER_TIMEOUT_MS = 10_000;

/** What Temporal knows of a journey without asking a worker. */
export interface JourneyDescription {
  readonly workflowId: string;
  readonly runId: string;
  /** Temporal's word: `RUNNING`, `COMPLETED`, `TERMINATED` … */
  readonly status: string;
  readonly startedAt: Date;
  readonly closedAt: Date | null;
  readonly historyLength: number;
}

/**
 * `pending`: no worker has judged it in time. Unlike an order through the API it is stored nowhere, and may be lost:
 * look at the journey before you order it again.
 */
export type OrderOutcome = CommandOutcome | { readonly status: 'pending' };

/** One journey, by the id of its Temporal workflow. */
export interface Journey {
  readonly workflowId: string;
  /** Where she is, what she waits for, and whether she is paused: asked of the workflow itself. */
  state(): Promise<EnrollmentView>;
  describe(): Promise<JourneyDescription>;
  /** Has her look whether there is anything new. False when her journey is over. */
  ring(bell: Doorbell): Promise<boolean>;
  /**
   * Orders a command, as the API does: pause, resume, cancel, skip, jump, migrate. A refusal is an outcome. One that
   * ends her journey may fail with WorkflowNotFoundError although it was applied: `result` tells.
   */
  order<T extends CommandType>(
    type: T,
    input?: Partial<CommandInput<T>>,
    options?: { readonly timeoutMs?: number },
  ): Promise<OrderOutcome>;
  /** How it ended, as soon as it has. */
  result(): Promise<EnrollmentResult>;
}

export interface StartOptions {
  /** The same id twice is one order; a new one unless told. */
  readonly id?: string;
  /** Where the workers of journeys listen; `journeys` unless told. */
  readonly taskQueue?: string;
}

/** An order that Temporal holds. */
export interface Entry {
  readonly id: string;
  /** Whether she was let in, as soon as a worker has judged it; `workflowId` is that of her journey. */
  outcome(): Promise<EntryOutcome>;
}

/** Which journeys to list; without any, all. Needs the search attributes that Throughline registers. */
export interface JourneyFilter {
  /** By the key of the workflow. */
  readonly workflow?: string;
  readonly contactId?: string;
  readonly isRunning?: boolean;
}

/** An enrollment as the API tells of it. */
interface Stored {
  readonly temporal: { readonly workflowId: string };
}

export class ThroughlineTemporal {
  readonly #client: Client;

  /** Takes your client, so that address, TLS and namespace are yours. */
  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Orders that a contact enters a workflow. Resolves when Temporal holds the order, which no outage of ours loses
   * then; the rules of the workflow judge it, and the relay starts her journey, as for every other way in. Variables
   * and contact fields are personal, so they go through the API.
   */
  async start(
    order: EntryOrder,
    { id = randomUUID(), taskQueue = JOURNEYS_QUEUE }: StartOptions = {},
  ): Promise<Entry> {
    const workflowId = `enter/${order.workspaceId}/${id}`;
    const { workflow } = this.#client;
    const started = workflow.start(ENTER_WORKFLOW, {
      ...{ workflowId, taskQueue, args: [order] },
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `Enter ${order.workflow}`,
    });
    await started.catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
    const outcome = () => workflow.getHandle(workflowId).result() as Promise<EntryOutcome>;
    return { id, outcome };
  }

  /** A journey by what the API has answered about it, or by the id of its workflow. */
  journey(which: string | Stored): Journey {
    return journeyOf(this.#client, typeof which === 'string' ? which : which.temporal.workflowId);
  }

  /** The journeys of a workflow or a contact, the latest first. */
  async *journeys(filter: JourneyFilter = {}): AsyncGenerator<Journey> {
    for await (const { workflowId } of this.#client.workflow.list({ query: queryOf(filter) }))
      yield journeyOf(this.#client, workflowId);
  }
}

/** The workspace of an enrollment that the API has answered: the second part of its workflow's id. */
export function workspaceIdOf({ temporal: { workflowId } }: Stored): string {
  return workflowId.split('/')[1] ?? '';
}

function journeyOf(client: Client, workflowId: string): Journey {
  const handle = client.workflow.getHandle(workflowId);
  return {
    workflowId,
    state: () => handle.query(stateQuery),
    async describe() {
      const { runId, status, startTime, closeTime, historyLength } = await handle.describe();
      const times = { startedAt: startTime, closedAt: closeTime ?? null };
      return { workflowId, runId, status: status.name, ...times, historyLength };
    },
    async ring(bell) {
      try {
        await handle.signal(doorbell, bell);
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async order(type, input, { timeoutMs = ORDER_TIMEOUT_MS } = {}) {
      const until = Date.now() + timeoutMs;
      const update = { args: [{ ...input }] as [CommandOrder], updateId: randomUUID() };
      const judged = patiently(until, () =>
        handle.executeUpdate<CommandOutcome, [CommandOrder]>(commandUpdates[type].name, update),
      );
      // An update that no worker takes up goes on trying for as long as anybody listens.
      const late = sleep(timeoutMs, { status: 'pending' } as const, { ref: false });
      judged.catch(() => undefined);
      return Promise.race([judged, late]);
    },
    result: () => handle.result() as Promise<EnrollmentResult>,
  };
}

const AGAIN_MS = 100;

/** Does it again where the task that was to take it failed, as when an event came in between; its id makes it one. */
async function patiently<T>(until: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (grpcStatus(error) !== 'FAILED_PRECONDITION' || Date.now() >= until) throw error;
    }
    await sleep(AGAIN_MS);
  }
}

/** What may stand between quotes in a query. */
const PLAIN = /^[\w.-]{1,200}$/;

function queryOf({ workflow, contactId, isRunning }: JourneyFilter): string {
  for (const value of [workflow, contactId])
    if (value !== undefined && !PLAIN.test(value))
      throw new TypeError(`"${value}" is neither the key of a workflow nor the id of a contact.`);
  return [
    `WorkflowType = "${ENROLLMENT_WORKFLOW}"`,
    ...(workflow === undefined ? [] : [`ThroughlineWorkflow = "${workflow}"`]),
    ...(contactId === undefined ? [] : [`ThroughlineContact = "${contactId}"`]),
    ...(isRunning === undefined ? [] : [`ExecutionStatus ${isRunning ? '=' : '!='} "Running"`]),
  ].join(' AND ');
}
