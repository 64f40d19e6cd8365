/** The details that the Temporal Web UI shows: ids, codes and the words of the definition, nothing personal. */
import type { FinishRequest, FinishResult, Position } from '../src/journey/runtime';
import type { Pause } from '../src/journey/state';
import type { SavedTrail, TrailStep } from './trail';

type NameOf = (node: string) => string;
type End = Pick<FinishRequest, 'status' | 'reason' | 'error'>;

const NO_STEPS: SavedTrail = { steps: [], earlier: 0 };
const itself: NameOf = (node) => node;

/** Where the person is, waiting for what, until when, and behind it where she was, since the end may be cut off. */
export function currentDetails(
  positions: readonly Position[],
  trail: SavedTrail = NO_STEPS,
  nameOf: NameOf = itself,
): string {
  return sections(positions.map(describe).join('\n'), trailText(trail, nameOf));
}

/** The same under what the workflow is called: a fresh history has no summary of its own. */
export function headed(title: string, details: string): string {
  return sections(escape(title), details);
}

/** Since when and by whom the person is held, and where: Markdown. */
export function pausedDetails(
  { by, since }: Pause,
  places: readonly Position[],
  trail: SavedTrail = NO_STEPS,
  nameOf: NameOf = itself,
): string {
  const whom = by === 'workflow' ? 'with its workflow ' : '';
  const text = `**paused** ${whom}since ${instant(since)}`;
  const where = places.map(({ label, node, visit }) => `- **Now** ${place(label, node, visit)}`);
  return sections(text, where.join('\n'), trailText(trail, nameOf));
}

/** How it ended, why, and by which steps: Markdown. */
export function finalDetails(
  result: FinishResult,
  asked: End = { status: result.status, reason: null, error: null },
  trail: SavedTrail = NO_STEPS,
  nameOf: NameOf = itself,
): string {
  return sections(`**${result.status}**${why(result, asked)}`, trailText(trail, nameOf));
}

function why({ status, goalId }: FinishResult, asked: End): string {
  const goal = goalId === null ? '' : `: goal ${code(goalId)}`;
  // The row was closed by somebody else, who had a reason of their own.
  if (status !== asked.status) return goal;
  const { reason, error } = asked;
  if (error !== null) return `: ${code(error.code)} at ${code(error.node)}`;
  return reason === null ? goal : `: ${code(reason)}`;
}

function trailText({ steps, earlier }: SavedTrail, nameOf: NameOf): string {
  const before = earlier === 0 ? [] : [`- … ${earlier} earlier`];
  return [...before, ...steps.map((step) => `- ${stepText(step, nameOf)}`)].join('\n');
}

function stepText({ node, visit, port, reason }: TrailStep, nameOf: NameOf): string {
  const way = port === null ? '' : ` → ${code(port)}`;
  return `${place(nameOf(node), node, visit)}${way} (${code(reason)})`;
}

/** What a plain wait waits for; its words say so. */
const TIME = 'time';

function describe({ label, node, visit, waitingFor, waitUntil }: Position): string {
  const waiting = waitingFor === null || waitingFor === TIME ? '' : `, waiting for ${waitingFor}`;
  const until = waitUntil === null ? '' : ` until ${instant(waitUntil)}`;
  return `- **Now** ${place(label, node, visit)}${waiting}${until}`;
}

function place(label: string, node: string, visit: number): string {
  const named = label === node ? code(node) : `${escape(label)} ${code(node)}`;
  return visit > 1 ? `${named} (visit ${visit})` : named;
}

const sections = (...texts: readonly string[]): string =>
  texts.filter((text) => text !== '').join('\n\n');

/** Seconds are enough to read. */
const instant = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const code = (text: string): string => `\`${oneLine(text).replaceAll('`', "'")}\``;

function escape(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>]/g, (character) => `\\${character}`);
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** One line of the Web UI; in every script well under the 400 bytes that a server may insist on. */
const SUMMARY_LENGTH = 100;

/** A text as the summary of a timer or an activity: one line, and short enough. */
export function summaryOf(text: string): string {
  const characters = Array.from(oneLine(text));
  if (characters.length <= SUMMARY_LENGTH) return characters.join('');
  return `${characters.slice(0, SUMMARY_LENGTH - 1).join('')}…`;
}
