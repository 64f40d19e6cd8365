/** A dry run as lines in the order of time. */
import { chooseZone } from '../evaluate/zone';
import type { Definition } from '../journey/definition';
import { type Graph, indexGraph } from '../journey/graph';
import type { Instant } from '../journey/json';
import type { ScriptItem } from '../journey/journey-tests';
import type { DryRunReport, DryRunRequest } from '../language/dry-run';
import { happeningOf, messagesOf, outcomeOf, purposeOf } from './narration';
import type { Terminal } from './terminal';
import { sinceStart, wallClock } from './times';
import { visitsOf } from './visits';

export interface Row {
  readonly at: Instant;
  /** The node, or a sign for what happens outside of the graph. */
  readonly sign: string;
  readonly text: string;
  readonly details: readonly string[];
}

/** What rows of one run have in common. */
export interface Frame {
  readonly graph: Graph;
  readonly zone: string;
  readonly startedAt: Instant;
}

const WIDEST_SIGN = 24;

/** The zone of a run's local times: hers, else the definition's, else UTC. */
export function frameOf(
  definition: Definition,
  { contact }: DryRunRequest,
  startedAt: Instant,
): Frame {
  const { zone } = chooseZone([contact.timeZone, definition.settings.timeZone]);
  return { graph: indexGraph(definition), zone, startedAt };
}

/** Everything that happened until the end, or until it was stopped; at one instant first what came from outside. */
export function rowsOf(
  report: DryRunReport,
  script: readonly ScriptItem[],
  { graph, startedAt }: Frame,
  { paint }: Terminal,
  isStopped: boolean,
): readonly Row[] {
  const visits = visitsOf(report);
  const last = isStopped ? visits.at(-1) : undefined;
  const horizon = last?.at ?? endOf(report);
  const steps = visits.map((visit) => ({
    at: visit.at,
    sign: visit.step.nodeId,
    text: `${purposeOf(visit, graph)} ${visit === last ? paint('yellow', '– stopped here') : outcomeOf(visit, paint)}`,
    details: messagesOf(visit, paint),
  }));
  const outside = [...scriptRows(script, startedAt), ...goalRows(report, paint)];
  return [...outside.filter(({ at }) => at <= horizon), ...steps].toSorted((a, b) => a.at - b.at);
}

/** When it ended; never, where it did not. */
export function endOf({ endedAt }: DryRunReport): Instant {
  return endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(endedAt);
}

/** A row for every entry of the script. */
export function scriptRows(script: readonly ScriptItem[], startedAt: Instant): readonly Row[] {
  return script.map((item) => ({
    at: instantOf(item, startedAt),
    sign: '·',
    text: happeningOf(item),
    details: [],
  }));
}

/** A row for every goal reached. */
export function goalRows({ goals }: DryRunReport, paint: Terminal['paint']): readonly Row[] {
  return goals.map(({ id, at }) => ({
    at: Date.parse(at),
    sign: '★',
    text: paint('green', `goal "${id}" reached`),
    details: [],
  }));
}

function instantOf({ after = 0, at }: ScriptItem, startedAt: Instant): Instant {
  return at === undefined ? startedAt + after : Date.parse(at);
}

/** Prints rows in columns; the date is shown where it changes. */
export function printRows(
  rows: readonly Row[],
  { zone, startedAt }: Frame,
  terminal: Terminal,
  indent = '',
): void {
  const clocks = rows.map(({ at }) => wallClock(at, zone));
  const since = rows.map(({ at }) => sinceStart(at, startedAt));
  const width = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const widths = {
    since: width(since),
    date: width(clocks.map(({ date }) => date)),
    time: width(clocks.map(({ time }) => time)),
    sign: Math.min(WIDEST_SIGN, width(rows.map(({ sign }) => sign))),
  };
  const margin = ' '.repeat(widths.since + widths.date + widths.time + widths.sign + 8);
  let [lastDate, lastSince] = ['', ''];
  rows.forEach(({ sign, text, details }, index) => {
    const { date = '', time = '' } = clocks[index] ?? {};
    const passed = since[index] ?? '';
    const shown = [
      (passed === lastSince ? '' : passed).padStart(widths.since),
      terminal.paint('dim', (date === lastDate ? '' : date).padEnd(widths.date)),
      terminal.paint('dim', (passed === lastSince ? '' : time).padEnd(widths.time)),
      terminal.paint('bold', sign.padEnd(widths.sign)),
      text,
    ];
    [lastDate, lastSince] = [date, passed];
    terminal.line(`${indent}${shown.join('  ')}`);
    for (const detail of details) terminal.line(`${indent}${margin}${detail}`);
  });
}
