/** One sentence of a story, with what a program needs of it. */
import type { EnrollmentRow } from '../../db/enrollments';
import type { Graph } from '../../journey/graph';

export const LINE_KINDS = [
  'refused',
  'not_triggered',
  'entered',
  'step',
  'message',
  'call',
  'reaction',
  'command',
  'ended',
] as const;

export interface Line {
  readonly at: Date;
  readonly kind: (typeof LINE_KINDS)[number];
  readonly sentence: string;
  /** Why, for programs. */
  readonly code: string | null;
  /** False for what is judged now, since nobody wrote down what was found then. */
  readonly isRecorded?: false;
  readonly workflowId: string;
  readonly workflowKey: string;
  readonly enrollmentId?: string;
  readonly nodeId?: string;
  readonly visit?: number;
  readonly port?: string | null;
  readonly eventId?: string;
  readonly commandId?: string;
  readonly messageId?: string;
  /** Until when something holds: a wait, a refusal, a message put off. */
  readonly until?: Date | null;
}

/** An enrollment, with the names that its sentences need. */
export interface ToldEnrollment {
  readonly row: EnrollmentRow;
  readonly workflowName: string;
  /** Of the version that she is in; null when that is gone. */
  readonly graph: Graph | null;
}

/** What every line about an enrollment names. */
export function idsOf({ row }: ToldEnrollment) {
  return { workflowId: row.workflowId, workflowKey: row.workflowKey, enrollmentId: row.id };
}

/** An instant in a sentence; the exact one stands beside it. */
export function when(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const WRITTEN = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** Words of ours that were stored, with their instants as sentences have them. */
export const withReadableInstants = (words: string): string =>
  words.replace(WRITTEN, (at) => when(new Date(at)));

/** "waits for cart.paid, until … at the latest". */
export function waitWords(waitingFor: string | null, until: Date | null): string {
  if (waitingFor === null || waitingFor === 'time')
    return until === null ? 'waits' : `waits until ${when(until)}`;
  return `waits for ${waitingFor}${until === null ? '' : `, until ${when(until)} at the latest`}`;
}
