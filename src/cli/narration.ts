/** What a dry run did, in the words of a timeline. */
import type { Graph } from '../journey/graph';
import type { Json } from '../journey/json';
import { show } from '../journey/coercion';
import type { ScriptItem } from '../journey/journey-tests';
import { wordsIn } from '../journey/reason';
import type { DryRunReport } from '../language/dry-run';
import { printable, type Terminal } from './terminal';
import { lengthText } from './times';
import type { Visit } from './visits';

type Paint = Terminal['paint'];

/** What a visit is for: "Wait 1 hour", `Send "Reminder"`, else the name of its node, else its type. */
export function purposeOf({ step }: Visit, graph: Graph): string {
  const { type, config, label } = graph.node(step.nodeId);
  const name = label === step.nodeId ? step.nodeType : label;
  return printable(type.label?.(config, label) ?? name);
}

/** How a visit ended, after how long and why. */
export function outcomeOf({ step, at, endedAt }: Visit, paint: Paint): string {
  const { status, port } = step;
  if (endedAt === null) return paint('yellow', '– under way');
  const passed = endedAt > at ? ` after ${lengthText(endedAt - at)}` : '';
  const way = port === undefined ? 'ends' : `→ ${port}`;
  const why =
    step.reason === undefined ? '' : paint('dim', ` (${printable(wordsIn(step.reason))})`);
  switch (status) {
    case 'completed':
      return `${way}${passed}${why}`;
    case 'failed':
      return `${paint('red', `failed${port === undefined ? '' : ` ${way}`}`)}${passed}${why}`;
    case 'skipped':
      return `${paint('yellow', `skipped ${way}`)}${why}`;
    case 'cancelled':
      return `${paint('yellow', 'cancelled')}${passed}${why}`;
    default:
      return status;
  }
}

/** The messages and calls of a visit, one line each; what came later than the visit says so. */
export function messagesOf({ at, sends, calls }: Visit, paint: Paint): readonly string[] {
  const late = (made: string) => {
    const passed = Date.parse(made) - at;
    return passed > 0 ? paint('dim', ` (${lengthText(passed)} later)`) : '';
  };
  return [
    ...sends.map(({ channel, to, subject, text, at: sentAt }) => {
      const said = printable(subject ?? beginning(text ?? ''));
      return `${paint('cyan', channel)} to ${printable(to)}: ${said}${late(sentAt)}`;
    }),
    ...calls.map(
      ({ type, target, at: calledAt }) =>
        `${paint('cyan', type)} ${printable(target)}${late(calledAt)}`,
    ),
  ];
}

const SHOWN_CHARACTERS = 100;

function beginning(text: string): string {
  const line = text.trim();
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

/** What an entry of the script makes happen. */
export function happeningOf(item: ScriptItem): string {
  if ('contact' in item) return printable(`contact ${show(item.contact as Json)}`);
  const { type, properties = {}, node } = item;
  const about = node === undefined ? '' : ` about ${node}`;
  const having = Object.keys(properties).length === 0 ? '' : ` ${show(properties)}`;
  return printable(`event ${type}${about}${having}`);
}

/** How the run ended; when, is for the caller to say. */
export function endingOf({ status, goalId }: DryRunReport, paint: Paint): string {
  switch (status) {
    case 'completed':
      return paint('green', status);
    case 'goal_reached':
      return paint('green', `${status} "${goalId}"`);
    case 'failed':
      return paint('red', status);
    default:
      return paint('yellow', status);
  }
}

/** Where and why it ended before its time; empty where there is nothing to say. */
export function causeOf({ error, reason }: DryRunReport): string {
  if (error !== null) return ` – at ${error.nodeId}: ${error.code}, ${printable(error.message)}`;
  return reason === null ? '' : ` – ${printable(reason)}`;
}
