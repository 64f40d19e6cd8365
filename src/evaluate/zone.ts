/**
 * Local time: zones, dates in a zone, recurring windows.
 *
 * 1. The host's clock and zone are never asked; every function is given both.
 * 2. A time that a change of the clocks skips means the first instant after the gap; one that occurs
 *    twice means the first. (Temporal's own "compatible" moves a skipped time by the length of the gap.)
 */
import { Temporal } from 'temporal-polyfill/implementation';
import type { Instant, Json } from '../journey/json';
import { WEEKDAYS, type TimeWindow } from '../journey/window';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/;
const ABSOLUTE =
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;

const knownZones = new Map<string, boolean>();
const KNOWN_ZONES_KEPT = 1_000;

/** Whether the zone database has this zone. */
export function isZone(name: string): boolean {
  const known = knownZones.get(name);
  if (known !== undefined) return known;
  const answer =
    attempt(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)) !== null;
  if (knownZones.size < KNOWN_ZONES_KEPT) knownZones.set(name, answer);
  return answer;
}

/** The zone that local times are meant in, and why an earlier choice was passed over. */
export interface ChosenZone {
  readonly zone: string;
  readonly note?: string;
}

/** The first zone that is given and known; UTC without one. An unknown zone counts as none. */
export function chooseZone(candidates: readonly (string | null | undefined)[]): ChosenZone {
  const unknown: string[] = [];
  for (const candidate of candidates) {
    if (candidate === null || candidate === undefined || candidate === '') continue;
    if (isZone(candidate)) return noted(candidate, unknown);
    unknown.push(candidate);
  }
  return noted('UTC', unknown);
}

function noted(zone: string, unknown: readonly string[]): ChosenZone {
  return unknown.length === 0
    ? { zone }
    : { zone, note: `time zone ${unknown.join(', ')} is unknown, ${zone} counts` };
}

/** The instant that a date or date-time text names; a bare date is midnight in the zone. Null when it names none. */
export function instantOf(value: Json, zone: string): Instant | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (ABSOLUTE.test(text)) return attempt(() => Temporal.Instant.from(text).epochMilliseconds);
  if (!DATE.test(text) && !LOCAL.test(text)) return null;
  const local = attempt(() => Temporal.PlainDateTime.from(text, { overflow: 'reject' }));
  return local === null ? null : attempt(() => atLocal(local, zone));
}

/** ISO text of an instant, in UTC. */
export function isoText(at: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}

/** The instant at which a wall clock says this. */
export function atLocal(local: Temporal.PlainDateTime, zone: string): Instant {
  const first = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const skipped = !first.toPlainDateTime().equals(local);
  return (skipped ? (first.getTimeZoneTransition('next') ?? first) : first).epochMilliseconds;
}

/** Whether a window is open at an instant, and when that changes by itself. */
export interface WindowState {
  readonly open: boolean;
  /** Absent when it does not open within a year. */
  readonly changesAt?: Instant;
}

/** More than a year, so that weekdays and yearly holidays all come by. */
const DAYS_LOOKED_AHEAD = 370;

/** Looks at a window of local time in a zone. */
export function windowAt(window: TimeWindow, zone: string, at: Instant): WindowState {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  let closesAt: Instant | null = null;
  for (let ahead = -1; ahead <= DAYS_LOOKED_AHEAD; ahead += 1) {
    const opening = openingOn(window, zone, today.add({ days: ahead }));
    if (opening === null || opening.to <= at) continue;
    if (closesAt === null && opening.from > at) return { open: false, changesAt: opening.from };
    // Openings that touch are one, so an all-day window does not close at midnight.
    if (closesAt !== null && opening.from > closesAt) break;
    closesAt = opening.to;
  }
  return closesAt === null ? { open: false } : { open: true, changesAt: closesAt };
}

/** `days` and `holidays` speak of the day on which the window opens. */
function openingOn(
  window: TimeWindow,
  zone: string,
  day: Temporal.PlainDate,
): { from: Instant; to: Instant } | null {
  const weekday = WEEKDAYS[day.dayOfWeek - 1];
  if (window.days !== undefined && weekday !== undefined && !window.days.includes(weekday))
    return null;
  if (window.holidays?.includes(day.toString())) return null;
  const closing = window.to <= window.from ? day.add({ days: 1 }) : day;
  const from = atLocal(day.toPlainDateTime(window.from), zone);
  const to = atLocal(closing.toPlainDateTime(window.to), zone);
  return from < to ? { from, to } : null;
}

/** A week and the days at its ends, so that every weekday comes by. */
const DAYS_SEARCHED = 9;

/** The first instant at or behind `from` with this wall clock, on one of these weekdays if any are named. */
export function nextLocalTime(
  time: string,
  days: readonly string[] | undefined,
  zone: string,
  from: Instant,
): Instant {
  const today = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).toPlainDate();
  // A time that a change of the clocks skips at the end of a day means an instant of the next.
  for (let ahead = -1; ahead <= DAYS_SEARCHED; ahead += 1) {
    const day = today.add({ days: ahead });
    const weekday = WEEKDAYS[day.dayOfWeek - 1];
    if (days !== undefined && weekday !== undefined && !days.includes(weekday)) continue;
    const at = atLocal(day.toPlainDateTime(time), zone);
    if (at >= from) return at;
  }
  throw new Error(`No day of ${(days ?? []).join(', ')} has the time ${time} in ${zone}.`);
}

/** What the work gives; null when it cannot be done. */
export function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** How far the clocks of a zone are ahead of UTC at an instant. */
export function offsetMinutes(at: Instant, zone: string): number {
  const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return offsetNanoseconds / 60e9;
}
