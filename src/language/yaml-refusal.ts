/** Why a YAML text is refused, and where. */
import type { LineCounter } from 'yaml';
import type { Issue } from '../errors';

/** Stops reading at once. Caught where reading began, never seen outside. */
export class Refusal extends Error {
  constructor(readonly issues: Issue[]) {
    super('The text cannot be read.');
  }
}

/** An issue at an offset of the text. */
export function issueAt(lines: LineCounter, offset: number, name: string, message: string): Issue {
  const { line, col } = lines.linePos(offset);
  return { code: `definition.${name}`, path: '', message, line, column: col };
}
