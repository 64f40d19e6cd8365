/** Regular expressions in linear time (RE2), so that no pattern and no text can hold a worker. */
import { RE2JS } from 're2js';
import { MAX_PATTERN_CHARACTERS } from '../journey/operand';

const MAX_TEXT_CHARACTERS = 10_000;
const COMPILED_KEPT = 500;

const compiled = new Map<string, RE2JS | string>();

/** Why a pattern cannot be used, in plain words; null for a good one. */
export function patternProblem(pattern: string): string | null {
  const found = compile(pattern);
  return typeof found === 'string' ? found : null;
}

/** Whether the pattern occurs anywhere in the text; a text is the reason why that could not be decided. */
export function matchesPattern(pattern: string, text: string): boolean | string {
  if (text.length > MAX_TEXT_CHARACTERS) {
    return `the text is longer than the ${MAX_TEXT_CHARACTERS} characters that a pattern is tried on`;
  }
  const found = compile(pattern);
  return typeof found === 'string' ? found : found.matcher(text).find();
}

function compile(pattern: string): RE2JS | string {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const fresh =
    pattern.length > MAX_PATTERN_CHARACTERS
      ? `the pattern is longer than ${MAX_PATTERN_CHARACTERS} characters`
      : tryCompile(pattern);
  if (compiled.size >= COMPILED_KEPT) compiled.clear();
  compiled.set(pattern, fresh);
  return fresh;
}

function tryCompile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return `the pattern is not valid RE2: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
}
