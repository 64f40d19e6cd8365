/** Where a command writes. */
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Terminal {
  /** One line of the answer. */
  line(text?: string): void;
  /** The answer as one JSON document. */
  json(value: unknown): void;
  /** Writes without a line's end, for a prompt. */
  prompt(text: string): void;
  paint(style: Style, text: string): string;
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Colours are for people who watch, and for those of them who did not refuse (no-color.org). */
export function createTerminal(
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const { NO_COLOR: refused = '', TERM: kind } = environment;
  const colours = output.isTTY === true && refused === '' && kind !== 'dumb';
  return {
    line: (text = '') => void output.write(`${text}\n`),
    json: (value) => void output.write(`${JSON.stringify(value, null, 2)}\n`),
    prompt: (text) => void output.write(text),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}

const CONTROL = /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu;

/**
 * A text that somebody else wrote, on one line and harmless: a definition may come from anywhere, and an
 * escape sequence in a subject would move the cursor.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => ESCAPED.get(character) ?? escaped(character));
}

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
