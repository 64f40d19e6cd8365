/** How she came in, how it ended, and how she was refused. */
import type { EnrollmentRow } from '../../db/enrollments';
import type { EventRow } from '../../db/events';
import type { StoryRows } from '../../db/story';
import type { Graph } from '../../journey/graph';
import { placeOf, quoted } from '../words';
import { idsOf, type Line, type ToldEnrollment, when } from './line';
import { refusedWords, wordsOf } from './reasons';

type Causes = Pick<StoryRows, 'eventTypes' | 'enrolledBy'>;

export function enteredLine(told: ToldEnrollment, causes: Causes): Line {
  const { row, workflowName } = told;
  const version = row.enteredVersion ?? row.version;
  const tried = row.canary !== null && row.canary === version ? ', tried on a share of people' : '';
  const again = row.number > 1 ? `, her passage number ${row.number},` : '';
  const isLeft = row.temporalRunId === null && row.endedAt === null;
  const left = isLeft ? ' It is stored, and waits for the relay to start it.' : '';
  return {
    at: row.startedAt,
    kind: 'entered',
    sentence: `She entered ${quoted(workflowName)} (version ${version}${tried})${again} ${causeOf(row, causes)}.${left}`,
    code: null,
    ...idsOf(told),
    ...(row.triggerEventId === null ? {} : { eventId: row.triggerEventId }),
  };
}

/** What led her to the door. */
function causeOf({ causedBy }: Pick<EnrollmentRow, 'causedBy'>, causes: Causes): string {
  const [kind, id = ''] = (causedBy ?? '').split(':');
  if (kind === 'event') {
    const type = causes.eventTypes.get(id);
    return type === undefined ? 'by an event' : `when the event ${type} came`;
  }
  if (kind === 'job') return 'with many others, by a job';
  if (kind !== 'enrollment') return 'through the API';
  const key = causes.enrolledBy.get(id);
  return key === undefined ? 'by another workflow' : `by a node of ${quoted(key)}`;
}

/** An `enrollment.blocked` event. */
export function refusedLine(
  event: EventRow,
  workflow: { readonly id: string; readonly key: string; readonly name: string },
  causes: Causes,
): Line {
  const { reason, until } = refusalOf(event);
  return {
    at: event.occurredAt,
    kind: 'refused',
    sentence: `She was not let into ${quoted(workflow.name)} ${causeOf(event, causes)}: ${refusalWords(event)}.`,
    code: reason,
    ...{ workflowId: workflow.id, workflowKey: workflow.key, eventId: event.id, until },
  };
}

function refusalOf({ properties }: EventRow) {
  const { reason, detail, until } = properties;
  return {
    reason: typeof reason === 'string' ? reason : 'unknown',
    detail: typeof detail === 'string' ? detail : null,
    until: typeof until === 'string' ? new Date(until) : null,
  };
}

/** Why an entry was refused, as it was recorded. */
export function refusalWords(event: EventRow): string {
  const { reason, detail, until } = refusalOf(event);
  const found = detail === null ? '' : ` (${detail})`;
  return `${refusedWords(reason)}${found}${until === null ? '' : `, until ${when(until)}`}`;
}

/** The end of an enrollment; null while it is open. */
export function endedLine(told: ToldEnrollment): Line | null {
  const { row } = told;
  if (row.endedAt === null) return null;
  return {
    at: row.endedAt,
    kind: 'ended',
    sentence: `${endWords(told)}.`,
    code: codeOf(row),
    ...idsOf(told),
  };
}

function codeOf({ status, reason, error }: EnrollmentRow): string {
  const code = error?.code;
  return typeof code === 'string' ? code : (reason ?? status);
}

/** How it ended, as a sentence without its period. */
export function endWords({ row, workflowName, graph }: ToldEnrollment): string {
  const name = quoted(workflowName);
  const goal = row.goalId === null ? '' : goalName(graph, row.goalId);
  switch (row.status) {
    case 'goal_reached':
      return `She reached the goal ${goal} and left ${name}`;
    case 'exited':
      return `She left ${name} before its end: ${wordsOf(row.reason ?? 'exit.reached')}`;
    case 'failed':
      return failureWords(row, graph, name);
    case 'cancelled':
      return `Her passage through ${name} was cancelled${row.reason === null ? '' : `: ${wordsOf(row.reason)}`}`;
    default:
      return `She came to the end of ${name}${goal === '' ? '' : `, and had reached the goal ${goal}`}`;
  }
}

function failureWords({ error }: EnrollmentRow, graph: Graph | null, name: string): string {
  const code = error?.code;
  const nodeId = error?.nodeId;
  const where = typeof nodeId === 'string' ? ` at ${placeOf(graph, nodeId)}` : '';
  const why = typeof code === 'string' ? `: ${wordsOf(code)} (${code})` : '';
  return `Her passage through ${name} failed${where}${why}`;
}

function goalName(graph: Graph | null, id: string): string {
  const goal = graph?.definition.goals.find((each) => each.id === id);
  return quoted(goal?.name ?? id);
}
