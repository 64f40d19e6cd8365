/** Recurring windows of local time, such as business hours. Which instants lie inside needs a zone database: src/evaluate. */
import { z } from 'zod';

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

const clock = z
  .string()
  .regex(CLOCK, 'A time of day is written as "09:00", from "00:00" to "23:59".');

const weekday = z.preprocess(
  (day) => (typeof day === 'string' ? day.toLowerCase() : day),
  z.enum(WEEKDAYS),
);

/** An IANA zone. Whether it exists needs a zone database: src/language asks one. */
export const timeZone = z.string().min(1).max(64).describe('A zone such as Europe/Berlin.');

/** A time of day, wall clock. */
export const timeOfDay = clock;

/** Weekdays in any case. */
export const weekdays = z.array(weekday).min(1).max(WEEKDAYS.length);

/** A window of local time. `to` before `from` spans midnight; equal means all day. */
export const timeWindow = z
  .strictObject({
    days: weekdays
      .optional()
      .describe('The weekdays on which the window opens; every day when absent.'),
    from: clock.describe('When it opens, wall clock, inclusive.'),
    to: clock.describe(
      'When it closes, wall clock, exclusive; before `from` it spans midnight, equal means all day.',
    ),
    timeZone: timeZone
      .default('contact')
      .describe('`contact`, `workspace` or a zone such as Europe/Berlin.'),
    holidays: z
      .array(z.string().regex(DATE, 'A holiday is a date such as 2026-12-24.'))
      .max(366)
      .optional()
      .describe('Dates on which the window does not open.'),
  })
  .describe('A recurring window of local time.');

export type TimeWindow = z.infer<typeof timeWindow>;
