/**
 * YAML 1.2 (core schema) to JSON, with the position of every value. JSON is YAML, too.
 *
 * Owns: syntax, positions, the bounds of what a text may ask of us. Does not own: what the value means.
 *
 * 1. Length, depth and number of words are bounded while the text is read, before anything recurses.
 * 2. Aliases are followed a bounded number of times, and what they stand for counts each time.
 * 3. `no`, `22:30` and `2026-12-24` are texts, whatever version a directive claims.
 */
import { Composer, CST, type Document, Lexer, LineCounter, Parser } from 'yaml';
import type { Issue } from '../errors';
import type { Json } from '../journey/json';
import { MAX_BYTES_READ, MAX_VALUES_READ } from './definition-limits';
import { type Positions, positionsIn } from './yaml-positions';
import { quotesHint } from './yaml-hint';
import { issueAt, Refusal } from './yaml-refusal';
import { TOO_MANY_VALUES, YamlValues } from './yaml-values';

/** A value is one word at most, its name another. */
const MAX_WORDS = 2 * MAX_VALUES_READ;
/** Blanks, breaks, remarks and brackets aside from words; far more than stand around so many values. */
const MAX_TOKENS = 12 * MAX_VALUES_READ;
/** Blank lines and remarks in a row; each is a step of the lexer, though nothing stands there. */
const MAX_BLANKS = 10_000;
const BLANKS: ReadonlySet<string | null> = new Set(['newline', 'space', 'comment']);
/** What the lexer says where a value or a name begins. */
const WORDS: ReadonlySet<string | null> = new Set([
  'alias',
  'scalar',
  'single-quoted-scalar',
  'double-quoted-scalar',
  'block-scalar-header',
]);
/** Of the parser's own levels, of which a level of YAML takes two. */
const MAX_LEVELS = 80;

export type ParsedYaml =
  | { readonly value: Json; readonly positions: Positions; readonly issues: null }
  | { readonly value: null; readonly positions: null; readonly issues: Issue[] };

/** Reads a text. What is wrong with it comes back as issues with line and column; nothing is thrown. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  try {
    const document = compose(text, lines);
    const reader = new YamlValues(lines);
    const value = reader.read(document.contents);
    if (reader.issues.length > 0) return refused(reader.issues);
    const positions = positionsIn(document.contents, reader.anchors, { lines, source: text });
    return { value, positions, issues: null };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.issues);
    throw error;
  }
}

function refused(issues: Issue[]): ParsedYaml {
  return { value: null, positions: null, issues };
}

function compose(text: string, lines: LineCounter): Document {
  const tokens = tokensOf(text, lines);
  const composer = new Composer({
    version: '1.2',
    // Named, so that a %YAML directive cannot choose another one.
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Looking for duplicates this way takes time by the square of their number.
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: false,
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document, second] = documents;
  if (document === undefined)
    throw new Refusal([issueAt(lines, 0, 'unparsable', 'The text is empty.')]);
  // What follows the first problem is the parser's guess at the rest, and only confuses.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const message = `${sentence(problem.message)} ${quotesHint(problem, text)}`.trimEnd();
    throw new Refusal([issueAt(lines, problem.pos[0], 'unparsable', message)]);
  }
  if (second !== undefined) {
    const message = 'A text holds one definition; here a second document begins.';
    throw new Refusal([issueAt(lines, second.range[0], 'unparsable', message)]);
  }
  return document;
}

function tokensOf(text: string, lines: LineCounter): CST.Token[] {
  lines.addNewLine(0);
  const refuse = (offset: number, name: string, message: string) =>
    new Refusal([issueAt(lines, offset, name, message)]);
  if (text.length > MAX_BYTES_READ) {
    throw refuse(0, 'too_large', `A text has ${MAX_BYTES_READ} characters at most.`);
  }
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let count = 0;
  let words = 0;
  let blanks = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    count += 1;
    const type = CST.tokenType(lexeme);
    if (WORDS.has(type)) words += 1;
    blanks = BLANKS.has(type) ? blanks + 1 : 0;
    if (words > MAX_WORDS || count > MAX_TOKENS || blanks > MAX_BLANKS) {
      throw refuse(parser.offset, 'too_large', TOO_MANY_VALUES);
    }
    if (parser.stack.length > MAX_LEVELS) {
      throw refuse(parser.offset, 'too_deep', 'Values are nested too deeply here.');
    }
  }
  tokens.push(...parser.end());
  return tokens;
}

function sentence(message: string): string {
  const [line = ''] = message.split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
