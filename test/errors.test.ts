/**
 * Every code that is used is in a table. Those of problems, issues and activities are checked by the
 * compiler; the interpreter may not import the table of errors and channels name codes for rows, so
 * these are read here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERRORS } from '../src/errors';
import { STEP_CODES } from '../src/journey/step-codes';
import { KNOWN_EVENTS } from '../src/language/event-catalogue';

const ROOT = path.resolve(__dirname, '..');
/** Where a code is given: as such, or to whatever makes a failure of it. */
const GIVEN =
  /(?:code: |code: \w+ \? |(?:[Ff]ailed|[Ff]ailure|super|refused?|permanent|retryable|problem)\(\s*)'([a-z]+\.[a-z_]+[0-9x]*)'/g;
const KNOWN: ReadonlySet<string> = new Set([...Object.keys(ERRORS), ...Object.keys(STEP_CODES)]);
/** Codes have the nouns of the tables; events and paths of conditions look alike and are named here. */
const NOUNS = new Set([...KNOWN].map((code) => code.split('.', 1)[0]));
const EVENTS = new Set([...KNOWN_EVENTS, 'workflow.webhook']);

function sourcesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));
}

function codesIn(text: string): string[] {
  return [...text.matchAll(GIVEN)].map(([, code]) => code ?? '');
}

test('every code that a failure or a step may have is in a table', () => {
  const files = ['src/journey', 'src/channels', 'workflows', 'activities'].flatMap(sourcesOf);
  const lacking = files.flatMap((file) =>
    codesIn(readFileSync(path.join(ROOT, file), 'utf8'))
      .filter((code) => NOUNS.has(code.split('.', 1)[0]) && !EVENTS.has(code))
      .filter((code) => !KNOWN.has(code))
      .map((code) => `${file}: ${code}`),
  );
  expect(lacking).toEqual([]);
});

test('the search finds codes where they are given', () => {
  const text = `
    this.failure = { code: 'step.visited_enough', node };
    throw new EvaluationFailed('math.too_odd', 'No.');`;
  expect(codesIn(text)).toEqual(['step.visited_enough', 'math.too_odd']);
});

test('every code is a noun and what is wrong with it, and every title a sentence without an end', () => {
  for (const [code, { status, title }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+[0-9x]*$/);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(status).toBeGreaterThanOrEqual(400);
  }
});
