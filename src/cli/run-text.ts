/** A whole dry run for people: who and where, the timeline, the end. */
import type { Definition } from '../journey/definition';
import type { ContactState, ScriptItem } from '../journey/journey-tests';
import type { DryRunReport } from '../language/dry-run';
import { causeOf, endingOf } from './narration';
import { printable, type Terminal } from './terminal';
import { endOf, type Frame, printRows, rowsOf, scriptRows } from './timeline';
import { sinceStart, wallClock } from './times';

/** Whose journey this is, and whether she would be let in. */
export function printHeading(
  { name }: Definition,
  contact: ContactState,
  { entry }: DryRunReport,
  { zone }: Frame,
  terminal: Terminal,
): void {
  const who = contact.email ?? contact.phone ?? contact.externalId ?? contact.id ?? 'a contact';
  const title = terminal.paint('bold', printable(name));
  terminal.line(`${title} for ${printable(who)}, times in ${zone}`);
  if (!entry.allowed) {
    const why = printable(entry.reason ?? 'no reason given');
    terminal.line(
      terminal.paint('yellow', `Live, she would not be let in (${why}). This run goes on.`),
    );
  }
  terminal.line();
}

/** The timeline and how it ended. `stoppedAt` is the node where the run was stopped, if it was. */
export function printRun(
  report: DryRunReport,
  script: readonly ScriptItem[],
  frame: Frame,
  terminal: Terminal,
  { stoppedAt = null, indent = '' }: { stoppedAt?: string | null; indent?: string } = {},
): void {
  const isStopped = stoppedAt !== null;
  printRows(rowsOf(report, script, frame, terminal, isStopped), frame, terminal, indent);
  const unheard = scriptRows(script, frame.startedAt).filter(({ at }) => at > endOf(report));
  for (const { at, text } of unheard) {
    const when = sinceStart(at, frame.startedAt);
    terminal.line(
      `${indent}${terminal.paint('dim', `${when}  after the end, not heard: ${text}`)}`,
    );
  }
  terminal.line();
  terminal.line(
    stoppedAt === null
      ? `${indent}${endingText(report, frame, terminal)}`
      : `${indent}${terminal.paint('yellow', 'stopped')} before ${stoppedAt} goes on`,
  );
}

/** How it ended and when: `completed after 1d1h, Sat 28 Mar 2026 10:00`. */
export function endingText(
  report: DryRunReport,
  { zone, startedAt }: Frame,
  terminal: Terminal,
): string {
  const ending = endingOf(report, terminal.paint);
  if (report.endedAt === null) return `${ending}: nothing in the script goes on from here`;
  const at = Date.parse(report.endedAt);
  const { date, time } = wallClock(at, zone);
  const passed = at === startedAt ? 'at once' : `after ${sinceStart(at, startedAt).slice(1)}`;
  return `${ending} ${passed}, ${date} ${time}${causeOf(report)}`;
}
