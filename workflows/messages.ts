/** What passes between enrollment workflows and the rest: names, and shapes without personal data. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CommandOutcome, EntryOrder, EntryOutcome, JobKey } from '../activities/contract';
import type { CommandType } from '../src/journey/commands';
import type { Definition } from '../src/journey/definition';
import type { GraphRef } from '../src/journey/graph-ref';
import type { Instant } from '../src/journey/json';
import type { EndStatus, Position } from '../src/journey/runtime';
import type { EnrollmentState, Pause } from '../src/journey/state';
import type { SavedTrail } from './trail';

export type { CommandOutcome, EntryOrder, EntryOutcome };

/** The workflow type; never renamed, since running enrollments carry it. */
export const ENROLLMENT_WORKFLOW = 'enrollment';

/** The workflow type of jobs; never renamed either. */
export const BULK_WORKFLOW = 'bulk';

/** The workflow type of orders to let somebody in; never renamed either. */
export const ENTER_WORKFLOW = 'enter';

export type JobInput = JobKey;

/** Says that there is something to look up; the fact itself is in PostgreSQL. */
export interface Doorbell {
  readonly kind: 'event' | 'contact' | 'command' | 'job';
  readonly id: string;
}

export const doorbell = defineSignal<[Doorbell]>('doorbell');

/**
 * A command by the row that holds it. From Temporal's own tools, without a row: the input of the command itself
 * (`temporal workflow update execute --name jump --input '{"to":"offer"}'`).
 */
export interface CommandOrder {
  readonly commandId?: string;
  readonly [field: string]: unknown;
}

const commandUpdate = (type: CommandType) => defineUpdate<CommandOutcome, [CommandOrder?]>(type);

/** What operators may order, by the names of the updates. */
export const commandUpdates = {
  pause: commandUpdate('pause'),
  resume: commandUpdate('resume'),
  cancel: commandUpdate('cancel'),
  skip: commandUpdate('skip'),
  jump: commandUpdate('jump'),
  migrate: commandUpdate('migrate'),
} satisfies Record<CommandType, unknown>;

export const stateQuery = defineQuery<EnrollmentView>('state');

/** Where a person is, for operators. */
export interface EnrollmentView {
  readonly startedAt: Instant;
  readonly positions: readonly Position[];
  readonly bells: number;
  /** Since when the person stands still, and by whom; null while she travels. */
  readonly pause: Pause | null;
}

/**
 * The workflow's second argument. Histories hold the reference; the worker's payload codec adds the
 * definition (src/temporal/graph-codec.ts). `$graph` comes first: it is the codec's marker.
 */
export interface GraphPayload {
  readonly $graph: GraphRef;
  readonly definition?: Definition;
}

export interface EnrollmentInput {
  readonly workspaceId: string;
  readonly enrollmentId: string;
  readonly startedAt: Instant;
  /** Where to go on; null at the very start. */
  readonly state: EnrollmentState | null;
  /** How often an operator had it tried again; none unless told. */
  readonly retries?: number;
  readonly options: EnrollmentOptions;
  /** The latest steps of the histories before, for the details alone. */
  readonly trail?: SavedTrail;
}

export interface EnrollmentOptions {
  /** The engine that the enrollment keeps; a worker that does not know it leaves it to one that does. */
  readonly engineVersion: number;
  /** Search attributes must be registered in the namespace; where that is forbidden, none are set. */
  readonly searchAttributes: boolean;
  /** Events after which a fresh history begins. */
  readonly historyLimit: number;
  readonly effectsQueue: string;
}

export interface EnrollmentResult {
  readonly status: EndStatus;
  readonly goalId: string | null;
}
