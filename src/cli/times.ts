/** Times as a timeline shows them: since the start, and on a wall clock. */
import { spanText } from '../journey/duration';
import type { Instant } from '../journey/json';

/** A length of time as the language writes it: `3d2h`, `90s`; parts of a second are dropped. */
export function lengthText(milliseconds: number): string {
  return Math.abs(milliseconds) < 1_000 ? `${milliseconds}ms` : spanText(milliseconds);
}

/** Time since the start of the enrollment; what lies before it is history. */
export function sinceStart(at: Instant, startedAt: Instant): string {
  const passed = at - startedAt;
  if (passed === 0) return 'start';
  return passed > 0 ? `+${lengthText(passed)}` : lengthText(passed);
}

export interface WallClock {
  /** `Fri 27 Mar 2026` */
  readonly date: string;
  /** `09:00`, with seconds where there are any. */
  readonly time: string;
}

/** What calendar and clock say in a zone. */
export function wallClock(at: Instant, zone: string): WallClock {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const seconds = get('second') === '00' ? '' : `:${get('second')}`;
  return {
    date: `${get('weekday')} ${get('day')} ${get('month')} ${get('year')}`,
    time: `${get('hour')}:${get('minute')}${seconds}`,
  };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
}
