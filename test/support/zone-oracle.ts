/**
 * What clocks on the wall say, by another way than the evaluators': offsets that Intl prints, and the pieces of
 * time between their changes. Knows no calendar library.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** Nowhere do the clocks change twice in so short a time; Morocco's month of fasting is longer. */
const STEP = 10 * DAY;

/** A stretch of time in which the clocks of a zone differ from UTC by `offset`; `to` exclusive. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** The pieces between two instants; the first reaches back and the last forward without end. */
export function piecesOf(zone: string, from: number, to: number): readonly Piece[] {
  const offsetAt = printedOffsets(zone);
  const changes: number[] = [];
  for (let at = from; at < to; at += STEP)
    if (offsetAt(at) !== offsetAt(at + STEP)) changes.push(changeBetween(offsetAt, at, at + STEP));
  const edges = [Number.NEGATIVE_INFINITY, ...changes, Number.POSITIVE_INFINITY];
  return edges.slice(1).map((end, index) => {
    const start = edges[index] ?? Number.NEGATIVE_INFINITY;
    return { from: start, to: end, offset: offsetAt(Number.isFinite(start) ? start : from) };
  });
}

function printedOffsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (at) => {
    const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(text) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE);
  };
}

/** Changes happen at full minutes; halving finds the only one. */
function changeBetween(offsetAt: (at: number) => number, from: number, to: number): number {
  let [before, behind] = [from, to];
  while (behind - before > MINUTE) {
    const middle = before + Math.floor((behind - before) / 2 / MINUTE) * MINUTE;
    if (offsetAt(middle) === offsetAt(from)) before = middle;
    else behind = middle;
  }
  return behind;
}

/** The first instant that shows this wall clock (as if it were UTC); where none does, the end of the gap. */
export function shown(pieces: readonly Piece[], wall: number): number {
  for (const { from, to, offset } of pieces) {
    const at = wall - offset;
    // A wall clock before the beginning of a piece, and behind the end of the one before, was skipped.
    if (at < from) return from;
    if (at < to) return at;
  }
  throw new Error('The last piece has no end.');
}

/** The wall clock at an instant, as if it were UTC. */
export function wallAt(pieces: readonly Piece[], at: number): number {
  const piece = pieces.find(({ from, to }) => from <= at && at < to);
  return at + (piece?.offset ?? 0);
}

/** The first instant at or behind `from` that shows this time of day on one of the weekdays (0 is Sunday). */
export function nextShown(
  pieces: readonly Piece[],
  time: string,
  weekdays: readonly number[],
  from: number,
): number {
  const midnight = Math.floor(wallAt(pieces, from) / DAY) * DAY;
  const instants = Array.from({ length: 11 }, (_, index) => midnight + (index - 1) * DAY)
    .filter((day) => weekdays.includes(new Date(day).getUTCDay()))
    .map((day) => shown(pieces, day + timeOf(time)))
    .filter((at) => at >= from);
  return Math.min(...instants);
}

/** Milliseconds from midnight to a time of day such as 09:30. */
export function timeOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * HOUR + minutes * MINUTE;
}

/** The stretches in which a daily window is open, around an instant, those that touch made one. */
export function openings(
  pieces: readonly Piece[],
  { from, to }: { readonly from: string; readonly to: string },
  around: number,
): readonly (readonly [number, number])[] {
  const midnight = Math.floor(wallAt(pieces, around) / DAY) * DAY;
  const overnight = timeOf(to) <= timeOf(from) ? DAY : 0;
  const each = Array.from({ length: 7 }, (_, index) => midnight + (index - 3) * DAY)
    .map((day) => [day + timeOf(from), day + overnight + timeOf(to)] as const)
    .map(([opens, closes]) => [shown(pieces, opens), shown(pieces, closes)] as const)
    .filter(([opens, closes]) => opens < closes);
  return each.reduce<(readonly [number, number])[]>((merged, [opens, closes]) => {
    const last = merged.at(-1);
    if (last === undefined || opens > last[1]) return [...merged, [opens, closes]];
    return [...merged.slice(0, -1), [last[0], Math.max(last[1], closes)]];
  }, []);
}
