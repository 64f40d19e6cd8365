/**
 * Events that let nobody in and left no refusal: what is known of why.
 *
 * When the workflow could be entered is written down. What the filters of its triggers said is not: they are judged
 * again, by the version of now and the contact as she is now, and the line says so.
 */
import type { EventRow } from '../../db/events';
import type { DoorChange, MissedTrigger } from '../../db/missed-triggers';
import type { WorkflowRow } from '../../db/workflows';
import type { Definition } from '../../journey/definition';
import type { ContactFacts, Evaluators } from '../../journey/facts';
import { quoted } from '../words';
import { type Line, when } from './line';

export interface Door {
  readonly workflow: WorkflowRow;
  /** Its active version; null before the first activation. */
  readonly definition: Definition | null;
  readonly changes: readonly DoorChange[];
  readonly contact: ContactFacts;
  readonly evaluators: Evaluators;
}

export function missedLine({ event, isQueued }: MissedTrigger, door: Door): Line {
  const { code, words, isRecorded } = whyMissed(event, isQueued, door);
  const { id: workflowId, key: workflowKey, name } = door.workflow;
  return {
    at: event.receivedAt,
    kind: 'not_triggered',
    sentence: `The event ${event.type} did not let her into ${quoted(name)}: ${words}.`,
    code,
    ...(isRecorded ? {} : { isRecorded: false as const }),
    ...{ workflowId, workflowKey, eventId: event.id },
  };
}

interface Why {
  readonly code: 'queued' | 'workflow_not_active' | 'trigger_filter' | 'not_recorded';
  readonly words: string;
  readonly isRecorded: boolean;
}

function whyMissed(event: EventRow, isQueued: boolean, door: Door): Why {
  if (isQueued)
    return {
      code: 'queued',
      words: 'nobody has judged it yet, the relay is behind',
      isRecorded: true,
    };
  const closed = closedAt(event.receivedAt, door.changes);
  if (closed !== null) return { code: 'workflow_not_active', words: closed, isRecorded: true };
  return judgedNow(event, door);
}

/** Why nobody could enter at that time; null when people could. */
function closedAt(at: Date, changes: readonly DoorChange[]): string | null {
  const before = changes.filter((change) => change.at <= at).at(-1);
  const [first] = changes;
  if (before === undefined)
    return first === undefined
      ? 'the workflow was never activated'
      : `the workflow was first activated later, at ${when(first.at)}`;
  return before.became === 'active'
    ? null
    : `the workflow was ${before.became} since ${when(before.at)}`;
}

function judgedNow(event: EventRow, { definition, contact, evaluators, workflow }: Door): Why {
  const { id, type, properties } = event;
  const at = event.occurredAt.getTime();
  const triggers = (definition?.triggers ?? []).flatMap((trigger) =>
    trigger.type === 'event' && trigger.event === type ? [trigger] : [],
  );
  const verdicts = triggers.map(({ filter }) =>
    filter === undefined
      ? { value: true, reason: '' }
      : evaluators.filter(filter, { id, type, properties, occurredAt: at }, { at, contact }),
  );
  const asOfNow = `judged now, by version ${workflow.activeVersion} and by what is known of her now`;
  if (verdicts.some(({ value }) => value))
    return {
      code: 'not_recorded',
      words: `a trigger would take it (${asOfNow}); when it came, another version was active or she was another`,
      isRecorded: false,
    };
  const reasons = verdicts.map(({ reason }) => reason).join('; ');
  return {
    code: 'trigger_filter',
    words: `the filter of the trigger does not take it: ${reasons} (${asOfNow})`,
    isRecorded: false,
  };
}
