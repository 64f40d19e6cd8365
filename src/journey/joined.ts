/** Texts put together and cut apart, bounded before they are made. */
import { EvaluationFailed } from './facts';

/** What one text may have; a text that grows in a cycle must end somewhere. */
const MOST_CHARACTERS = 100_000;

function bounded(characters: number): void {
  if (characters <= MOST_CHARACTERS) return;
  throw new EvaluationFailed(
    'text.too_long',
    `The text would have ${characters} characters; it may have ${MOST_CHARACTERS}.`,
  );
}

/** The parts with the separator between them. @throws EvaluationFailed when it would be too long. */
export function joined(parts: readonly string[], separator: string): string {
  const characters = parts.reduce((sum, part) => sum + part.length, 0);
  bounded(characters + Math.max(0, parts.length - 1) * separator.length);
  return parts.join(separator);
}

/** The code points of a text: surrogate pairs stay whole, what people see as one character may not. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(text);
}

/** Cuts a text at each separator; an empty one cuts between characters. */
export function cut(text: string, separator: string): readonly string[] {
  return separator === '' ? charactersOf(text) : text.split(separator);
}
