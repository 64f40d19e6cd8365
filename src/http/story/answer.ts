/** The answer in a sentence or two: whether she got in, where she is or how it ended, and what she was sent. */
import type { DeliveryRow } from '../../db/deliveries';
import type { EventRow } from '../../db/events';
import { HELD_FOR } from '../../db/workflow-pause';
import { waitOf } from '../../journey/graph';
import { counted, joined, nameOf, placeOf, quoted } from '../words';
import { deferredWords, failureWords, messageName, whyNot } from './effect-words';
import { endWords, refusalWords } from './entry-lines';
import { fateWords } from './fate-words';
import { type Line, type ToldEnrollment, waitWords, when } from './line';

export interface Answered {
  readonly name: string;
  /** The newest first. */
  readonly passages: readonly ToldEnrollment[];
  /** The newest first. */
  readonly refusals: readonly EventRow[];
  readonly missed: readonly Line[];
  /** Those of the newest passage, in the order in which they were made. */
  readonly messages: readonly DeliveryRow[];
  /** Events about her messages. */
  readonly reactions: readonly EventRow[];
  /** Why no event could have let her in; null where that is not known, or not so. */
  readonly noWayIn: string | null;
}

export function answerOf(answered: Answered): string {
  const { name, passages, refusals } = answered;
  const [latest] = passages;
  if (latest === undefined) return `She never entered ${quoted(name)}. ${whyNever(answered)}`;
  const later = refusals.filter(({ occurredAt }) => occurredAt > latest.row.startedAt);
  const [last] = later;
  const refused =
    last === undefined
      ? ''
      : ` Since then she was refused ${counted(later.length, 'time')}, the last time at ${when(last.occurredAt)}: ${refusalWords(last)}.`;
  const held = heldMessage(latest, answered);
  const told = [`${standing(latest, held)}.`, sent(latest, answered, held)];
  return `${told.filter((sentence) => sentence !== '').join(' ')}${refused}`;
}

function whyNever({ refusals, missed, noWayIn }: Answered): string {
  const [refused] = refusals;
  const [event] = missed;
  if (refused !== undefined && (event === undefined || refused.occurredAt >= event.at))
    return `The last time, at ${when(refused.occurredAt)}, she was refused: ${refusalWords(refused)}.`;
  if (event !== undefined) return event.sentence;
  return noWayIn ?? 'Nobody and nothing asked for it.';
}

/** The message for which she waits herself; of what another path holds, it is said apart. */
function heldMessage(
  { row, graph }: ToldEnrollment,
  { messages }: Answered,
): DeliveryRow | undefined {
  if (row.status !== 'waiting' || graph === null) return undefined;
  const isWaitOf = (nodeId: string) =>
    graph.has(nodeId) && waitOf(graph.node(nodeId), 0)?.for === row.waitingFor;
  return messages.find(
    ({ status, nodeId }) =>
      status === 'deferred' && row.currentNodeIds.includes(nodeId) && isWaitOf(nodeId),
  );
}

function standing(told: ToldEnrollment, held: DeliveryRow | undefined): string {
  const { row, workflowName, graph } = told;
  if (row.endedAt !== null) return `${endWords(told)}, at ${when(row.endedAt)}`;
  const places = joined(row.currentNodeIds.map((id) => placeOf(graph, id)));
  const at = places === '' ? '' : ` at ${places}`;
  const inside = `She is in ${quoted(workflowName)}${at}`;
  if (row.status === 'paused')
    return `${inside}, and stands still: ${row.waitingFor === HELD_FOR ? 'the whole workflow is paused' : 'somebody paused her'}`;
  if (held !== undefined) return `${inside}, and ${deferredWords(held)}`;
  return row.status === 'waiting'
    ? `${inside}, and ${waitWords(row.waitingFor, row.waitUntil)}`
    : inside;
}

function sent(
  { graph }: ToldEnrollment,
  { messages, reactions }: Answered,
  held: DeliveryRow | undefined,
): string {
  if (messages.length === 0) return 'No message was made for her.';
  const these = (status: DeliveryRow['status']) =>
    messages.filter((each) => each.status === status);
  const named = (rows: readonly DeliveryRow[]) => joined(rows.map(messageName));
  // What was held back was never written, so it has no subject.
  const at = (row: DeliveryRow) => `${messageName(row)} of ${nameOf(graph, row.nodeId)}`;
  const fateOf = ({ effectKey }: DeliveryRow) =>
    fateWords(reactions.filter(({ deliveryKey }) => deliveryKey === effectKey));
  const fared = these('sent').map((row) => ({ row, fate: fateOf(row) }));
  const told = [
    phrase(
      fared.flatMap(({ row, fate }) => (fate === '' ? [row] : [])),
      (rows) => `She was sent ${named(rows)}.`,
    ),
    ...fared.flatMap(({ row, fate }) =>
      fate === '' ? [] : [`She was sent ${messageName(row)}, and ${fate}.`],
    ),
    phrase(these('claimed'), (rows) => `On its way is ${named(rows)}.`),
    phrase(these('unknown'), (rows) => `Nobody knows whether she was sent ${named(rows)}.`),
    ...these('failed').map((row) => `She was not sent ${messageName(row)}: ${failureWords(row)}.`),
    ...these('blocked').map((row) => `She was not sent ${at(row)}: ${whyNot(row)}.`),
    ...these('deferred')
      .filter((row) => row !== held)
      .map((row) => `Put off is ${at(row)}: ${whyNot(row)}.`),
  ];
  return told.filter((sentence) => sentence !== '').join(' ');
}

function phrase(
  rows: readonly DeliveryRow[],
  say: (rows: readonly DeliveryRow[]) => string,
): string {
  return rows.length === 0 ? '' : say(rows);
}
