/**
 * Calendar arithmetic by the wall clock of a zone.
 *
 * Days, weeks, months and years follow the clock on the wall, across changes of it; hours and less are
 * exact. What would leave the years that can be written is null.
 */
import { Temporal } from 'temporal-polyfill/implementation';
import type { Calendar, CalendarShift, CalendarUnit, WallClock } from '../journey/facts';
import type { Instant } from '../journey/json';
import { WEEKDAYS } from '../journey/window';
import { atLocal, attempt, isoText } from './zone';

/** The years 1 to 9998, whose dates have four digits in every zone. */
const FIRST = Temporal.Instant.from('0001-01-02T00:00:00Z').epochMilliseconds;
const LAST = Temporal.Instant.from('9998-12-31T00:00:00Z').epochMilliseconds;

/** The calendar of a zone that exists. */
export function calendarOf(zone: string): Calendar {
  const zoned = (at: Instant) =>
    Temporal.Instant.fromEpochMilliseconds(written(at)).toZonedDateTimeISO(zone);
  const guarded = (work: () => Instant): Instant | null => attempt(() => written(work()));
  return {
    text: (at) => attempt(() => isoText(written(at))),
    wallClock: (at) => attempt(() => wallClock(zoned(at))),
    shift: (at, by) => guarded(() => shifted(at, zoned(at), by, zone)),
    startOf: (at, unit) => guarded(() => startOf(zoned(at), unit).epochMilliseconds),
    endOf: (at, unit) =>
      guarded(() => startOf(next(startOf(zoned(at), unit), unit), unit).epochMilliseconds - 1),
    difference: (from, to, unit) =>
      attempt(() => zoned(from).until(zoned(to), { largestUnit: unit })[unit] + 0),
  };
}

function written(at: Instant): Instant {
  if (Number.isInteger(at) && at >= FIRST && at <= LAST) return at;
  throw new RangeError('The date is outside the years that can be written.');
}

function wallClock(local: Temporal.ZonedDateTime): WallClock {
  const { year, month, day, hour, minute } = local;
  const date = local.toPlainDate().toString();
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
  const weekday = WEEKDAYS[local.dayOfWeek - 1] ?? 'monday';
  const text = local.toString({ timeZoneName: 'never' });
  return { year, month, day, hour, minute, weekday, date, time, text };
}

function shifted(
  at: Instant,
  local: Temporal.ZonedDateTime,
  by: CalendarShift,
  zone: string,
): Instant {
  const before = local.toPlainDateTime();
  const after = before.add(by);
  // A time that occurs twice must not move to its first when nothing is added.
  return after.equals(before) ? at : atLocal(after, zone);
}

function startOf(local: Temporal.ZonedDateTime, unit: CalendarUnit): Temporal.ZonedDateTime {
  if (unit === 'hour') return local.round({ smallestUnit: 'hour', roundingMode: 'floor' });
  return firstDay(local.toPlainDate(), unit).toZonedDateTime(local.timeZoneId);
}

function firstDay(
  day: Temporal.PlainDate,
  unit: Exclude<CalendarUnit, 'hour'>,
): Temporal.PlainDate {
  if (unit === 'week') return day.subtract({ days: day.dayOfWeek - 1 });
  if (unit === 'month') return day.with({ day: 1 });
  return unit === 'year' ? day.with({ month: 1, day: 1 }) : day;
}

function next(start: Temporal.ZonedDateTime, unit: CalendarUnit): Temporal.ZonedDateTime {
  return start.add({ [`${unit}s`]: 1 });
}
