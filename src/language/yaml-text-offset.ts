/**
 * Where the characters of a text stand in the YAML that the text was written in.
 *
 * 1. Indentation, folding and line breaks touch blanks only: the nth other character of the text is the
 *    nth other one of the source, whatever the style. So no rule of a style is told again here.
 * 2. Quotation marks and escapes are the exceptions, and are stepped over as one character each.
 * 3. What cannot be found so is null, never a guess.
 * 4. A text is walked once, however many of its characters are asked for.
 */
import { Scalar } from 'yaml';

const walked = new WeakMap<Scalar, Uint32Array>();
/** No source is that long. */
const NOWHERE = 0xffff_ffff;

/** The offset in `source` of the character at `index` of the text of a scalar; null when it cannot be found. */
export function offsetInScalar(scalar: Scalar, index: number, source: string): number | null {
  const offsets = walked.get(scalar) ?? walk(scalar, source);
  walked.set(scalar, offsets);
  const offset = offsets[index] ?? NOWHERE;
  return offset === NOWHERE ? null : offset;
}

/** The offset of every character of the text that is no blank. */
function walk(scalar: Scalar, source: string): Uint32Array {
  const { value, range } = scalar;
  if (typeof value !== 'string' || range == null) return new Uint32Array();
  const offsets = new Uint32Array(value.length).fill(NOWHERE);
  let index = 0;
  for (let at = beginOf(scalar, range[0], source); at < range[1]; ) {
    const { length, units } = pieceAt(scalar, at, source);
    for (let unit = 0; unit < units; unit += 1) {
      while (isBlank(value.charCodeAt(index))) index += 1;
      if (index < value.length) offsets[index] = at;
      index += 1;
    }
    at += length;
  }
  return offsets;
}

/** Blanks, breaks and tabs. */
const isBlank = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;

/** Behind the opening quotation mark, or the line that begins a block. */
function beginOf({ type }: Scalar, start: number, source: string): number {
  if (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE) return start + 1;
  if (type === Scalar.PLAIN) return start;
  const lineEnd = source.indexOf('\n', start);
  return lineEnd === -1 ? source.length : lineEnd + 1;
}

interface Piece {
  readonly length: number;
  /** How many characters of the text it stands for, blanks aside. */
  readonly units: number;
}

const BLANK: Piece = { length: 1, units: 0 };
const CHARACTER: Piece = { length: 1, units: 1 };
const TWO_FOR_ONE: Piece = { length: 2, units: 1 };
const ESCAPED_BLANK: Piece = { length: 2, units: 0 };

function pieceAt({ type }: Scalar, at: number, source: string): Piece {
  if (isBlank(source.charCodeAt(at))) return BLANK;
  const character = source[at];
  if (type === Scalar.QUOTE_SINGLE && character === "'" && source[at + 1] === "'")
    return TWO_FOR_ONE;
  if (type !== Scalar.QUOTE_DOUBLE || character !== '\\') return CHARACTER;
  return escapeAt(at, source);
}

const DIGITS = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);
/** What stands behind the backslash of a blank, or of a break that the text does not have. */
const BLANK_ESCAPES = new Set(['n', 'r', 't', ' ', '\t', '\n', '\r']);

function escapeAt(at: number, source: string): Piece {
  const letter = source[at + 1] ?? '';
  if (BLANK_ESCAPES.has(letter)) return ESCAPED_BLANK;
  const digits = DIGITS.get(letter);
  if (digits === undefined) return TWO_FOR_ONE;
  const length = 2 + digits;
  const code = Number.parseInt(source.slice(at + 2, at + length), 16);
  return { length, units: isBlank(code) ? 0 : code > 0xffff ? 2 : 1 };
}
