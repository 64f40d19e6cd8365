/**
 * The story of a contact: what was recorded of her passages, put in order and in words.
 *
 * Owns: which rows become which lines, and their order. Does not own: the words (the files beside this one), reading
 * the rows (src/db/story.ts).
 */
import type { EnrollmentRow } from '../../db/enrollments';
import type { EventRow } from '../../db/events';
import type { StoryRows } from '../../db/story';
import { effectKeyOf } from '../../db/step-effects';
import type { WorkflowRow } from '../../db/workflows';
import { CONTACT_CHANNELS } from '../../journey/consent';
import type { Graph } from '../../journey/graph';
import { answerOf } from './answer';
import { commandLine } from './command-lines';
import { messageName } from './effect-words';
import { endedLine, enteredLine, refusedLine } from './entry-lines';
import { idsOf, type Line, type ToldEnrollment } from './line';
import { stepLine } from './step-lines';

export interface Named {
  /** By id. */
  readonly workflows: ReadonlyMap<string, WorkflowRow>;
  readonly graphOf: (row: EnrollmentRow) => Graph | null;
}

/** What is known of one workflow beside the rows. */
export interface Unrecorded {
  readonly missed: readonly Line[];
  readonly noWayIn: string | null;
}

export interface ToldWorkflow {
  readonly workflow: WorkflowRow;
  readonly answer: string;
  readonly enrollments: number;
  readonly refusals: number;
}

export interface Story {
  readonly workflows: readonly ToldWorkflow[];
  readonly lines: readonly Line[];
}

/** Lines of one instant: what led to what. */
const RANKS: Readonly<Record<Line['kind'], number>> = {
  not_triggered: 0,
  refused: 0,
  entered: 1,
  command: 2,
  step: 3,
  message: 3,
  call: 3,
  reaction: 4,
  ended: 5,
};

/** Tells of the workflows given, in their order. */
export function tell(rows: StoryRows, named: Named, unrecorded: Unrecorded): Story {
  const passages = rows.enrollments.flatMap((row): ToldEnrollment[] => {
    const workflow = named.workflows.get(row.workflowId);
    if (workflow === undefined) return [];
    return [{ row, workflowName: workflow.name, graph: named.graphOf(row) }];
  });
  const lines = [
    ...passages.flatMap((told) => linesOf(told, rows)),
    ...rows.refusals.flatMap((event) => refusalLines(event, rows, named)),
    ...unrecorded.missed,
  ];
  return {
    workflows: [...named.workflows.values()].map((workflow) =>
      answered(workflow, { rows, passages, unrecorded }),
    ),
    lines: lines.toSorted(
      (a, b) => a.at.getTime() - b.at.getTime() || RANKS[a.kind] - RANKS[b.kind],
    ),
  };
}

function linesOf(told: ToldEnrollment, rows: StoryRows): readonly Line[] {
  const { id } = told.row;
  const steps = rows.steps.filter(({ enrollmentId }) => enrollmentId === id);
  const open = steps.filter(({ endedAt }) => endedAt === null).length;
  const ended = endedLine(told);
  return [
    enteredLine(told, rows),
    ...steps.map((step) => {
      const key = effectKeyOf(step);
      const made = { delivery: rows.deliveries.get(key), effect: rows.effects.get(key) };
      return stepLine(told, { step, ...made, isAlone: open === 1 });
    }),
    ...rows.commands
      .filter(({ enrollmentId }) => enrollmentId === id)
      .map((row) => commandLine(told, row, rows.keyNames)),
    ...rows.reactions.flatMap((event) => reactionLines(told, event, rows)),
    ...(ended === null ? [] : [ended]),
  ];
}

function reactionLines(told: ToldEnrollment, event: EventRow, rows: StoryRows): readonly Line[] {
  const delivery = rows.deliveries.get(event.deliveryKey ?? '');
  if (delivery === undefined || delivery.enrollmentId !== told.row.id) return [];
  return [
    {
      at: event.occurredAt,
      kind: 'reaction',
      sentence: `The event ${event.type} came about ${messageName(delivery)}.`,
      code: event.type,
      ...idsOf(told),
      ...{ nodeId: delivery.nodeId, visit: delivery.visit },
      ...{ eventId: event.id, messageId: delivery.id },
    },
  ];
}

function refusalLines(event: EventRow, rows: StoryRows, { workflows }: Named): readonly Line[] {
  const workflow = workflows.get(workflowIdOf(event));
  return workflow === undefined ? [] : [refusedLine(event, workflow, rows)];
}

/** The workflow that an `enrollment.blocked` names. */
export function workflowIdOf({ properties }: EventRow): string {
  return typeof properties.workflowId === 'string' ? properties.workflowId : '';
}

/** A message to a colleague is none that she could miss. */
const TO_HER: readonly string[] = CONTACT_CHANNELS;

interface Known {
  readonly rows: StoryRows;
  readonly passages: readonly ToldEnrollment[];
  readonly unrecorded: Unrecorded;
}

function answered(workflow: WorkflowRow, { rows, passages, unrecorded }: Known): ToldWorkflow {
  const hers = passages.filter(({ row }) => row.workflowId === workflow.id);
  const refusals = rows.refusals.filter((event) => workflowIdOf(event) === workflow.id);
  const [latest] = hers;
  const messages = [...rows.deliveries.values()].filter(
    ({ enrollmentId, channel }) => enrollmentId === latest?.row.id && TO_HER.includes(channel),
  );
  const { reactions } = rows;
  const { missed, noWayIn } = unrecorded;
  const made = { messages, reactions };
  const facts = { name: workflow.name, passages: hers, refusals, missed, ...made, noWayIn };
  return {
    workflow,
    answer: answerOf(facts),
    enrollments: hers.length,
    refusals: refusals.length,
  };
}
