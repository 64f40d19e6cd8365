/** Lengths of time as people write them. A day is 24 hours; months and years are refused. */
import { z } from 'zod';

const SECOND = 1000;
const UNITS = {
  second: SECOND,
  minute: 60 * SECOND,
  hour: 3_600 * SECOND,
  day: 86_400 * SECOND,
  week: 604_800 * SECOND,
} as const;

type Unit = keyof typeof UNITS;

const SHORT: Readonly<Record<string, Unit>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
};

/** The longest wait a node may ask for. */
export const MAX_WAIT_MS = 365 * UNITS.day;

const ISO = /^(-?)P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/;
const COMPACT = /^(-?)((?:\d+(?:ms|[smhdw]))+)$/;
const WORDS = /^(-?\d+) (second|minute|hour|day|week)s?$/;

/**
 * Milliseconds of a duration text (`30s`, `1h30m`, `P1DT2H`, `24 hours`, `500ms`; negative as `-1h`),
 * or null when it is none.
 */
export function parseDuration(text: string): number | null {
  return parseIso(text) ?? parseCompact(text) ?? parseWords(text);
}

function parseIso(text: string): number | null {
  const match = ISO.exec(text);
  if (!match || /[PT]$/.test(text)) return null;
  const [, sign, weeks, days, hours, minutes, seconds] = match;
  const total =
    Number(weeks ?? 0) * UNITS.week +
    Number(days ?? 0) * UNITS.day +
    Number(hours ?? 0) * UNITS.hour +
    Number(minutes ?? 0) * UNITS.minute +
    Number(seconds ?? 0) * UNITS.second;
  return sign === '-' ? -total : total;
}

function parseCompact(text: string): number | null {
  const match = COMPACT.exec(text);
  if (!match) return null;
  let total = 0;
  for (const [, amount, letters] of (match[2] as string).matchAll(/(\d+)(ms|[smhdw])/g)) {
    const unit = SHORT[letters as string];
    total += Number(amount) * (unit === undefined ? 1 : UNITS[unit]);
  }
  return match[1] === '-' ? -total : total;
}

function parseWords(text: string): number | null {
  const match = WORDS.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as Unit] : null;
}

const amountAndUnit = z.strictObject({
  amount: z.int().describe('How many; negative only where an offset is meant.'),
  unit: z
    .string()
    .transform((unit) => unit.toLowerCase().replace(/s$/, ''))
    .pipe(z.enum(['second', 'minute', 'hour', 'day', 'week']))
    .describe('seconds, minutes, hours, days or weeks.'),
});

/** What to say to no duration. A bare number is none: people mean seconds by it, and programs milliseconds. */
function unitMissing({ input }: { readonly input?: unknown }): string | undefined {
  if (input === undefined) return 'This field is required: a length of time such as "2d".';
  if (typeof input !== 'number') return undefined;
  return Number.isInteger(input)
    ? `${input} has no unit. Write "${input}s" for seconds, or another unit: m, h, d, w.`
    : `${input} has no unit. Write a whole number with one, such as "90s", "15m" or "2d".`;
}

/** A duration, milliseconds once parsed. Parse output is not parsed again: it has no unit. */
export const duration = z
  .union(
    [
      amountAndUnit.transform(({ amount, unit }) => amount * UNITS[unit]),
      z.string().transform((text, context) => {
        const milliseconds = parseDuration(text.trim());
        if (milliseconds !== null) return milliseconds;
        context.addIssue({
          code: 'custom',
          message: `"${text.slice(0, 60)}" is not a duration. Write 30s, 15m, 1h30m, 2d, 1w, P1DT2H or "24 hours"; months and years are not supported.`,
        });
        return z.NEVER;
      }),
    ],
    { error: unitMissing },
  )
  .describe('A length of time: `30s`, `1h30m`, `2d`, `P1DT2H`, `24 hours` or `{amount, unit}`.');

/** A duration a person can wait: from nothing to 365 days. */
export const waitDuration = duration.pipe(
  z
    .number()
    .min(0, 'A wait cannot be negative.')
    .max(MAX_WAIT_MS, 'A wait may last 365 days at most.'),
);

/** "1 day", "90 minutes": the largest unit that divides it, in the marketer's words. */
export function describeDuration(milliseconds: number): string {
  for (const unit of ['week', 'day', 'hour', 'minute', 'second'] as const) {
    if (milliseconds !== 0 && milliseconds % UNITS[unit] === 0) {
      const amount = milliseconds / UNITS[unit];
      return `${amount} ${unit}${Math.abs(amount) === 1 ? '' : 's'}`;
    }
  }
  return milliseconds === 0 ? 'no time' : `${milliseconds} milliseconds`;
}

/** A text that `parseDuration` reads as exactly so long: `90 minutes`, `1500ms`. */
export function durationText(milliseconds: number): string {
  if (milliseconds === 0) return '0 seconds';
  return milliseconds % SECOND === 0 ? describeDuration(milliseconds) : `${milliseconds}ms`;
}

const PARTS = [
  ['d', UNITS.day],
  ['h', UNITS.hour],
  ['m', UNITS.minute],
  ['s', UNITS.second],
] as const;

/** A length of time as one writes it: `2d10h30m`. Milliseconds are left out. */
export function spanText(milliseconds: number): string {
  let rest = Math.abs(milliseconds);
  const parts = PARTS.map(([letter, unit]) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count === 0 ? '' : `${count}${letter}`;
  });
  return `${milliseconds < 0 ? '-' : ''}${parts.join('') || '0s'}`;
}
