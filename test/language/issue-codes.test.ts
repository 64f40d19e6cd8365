import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERRORS } from '../../src/errors';
import { ISSUE_CODES } from '../../src/language/issue-codes';
import { ROOT } from '../support/fixture';

const folder = path.join(ROOT, 'src/language');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'issue-codes.ts')
  .map((file) => readFileSync(path.join(folder, file), 'utf8'));

/** Codes written out, and names that get "definition." put in front by those who are called with them. */
function codesIn(source: string): string[] {
  const whole = source.match(/definition\.[a-z_]+(?=['`])/g) ?? [];
  const calls = /\b(?:make|report|complain|issueAt|error|warn)\([^'()]*'([a-z_]+)'/g;
  const names = [...source.matchAll(calls)].map(([, name]) => `definition.${name}`);
  return [...whole, ...names];
}

/** Names that a condition chooses between stand anywhere. */
const isMentioned = (code: string) =>
  sources.some((source) => source.includes(`'${code.replace('definition.', '')}'`));

const used = new Set(sources.flatMap(codesIn));

test('every code that an issue of a definition may have is explained', () => {
  expect([...used].filter((code) => !Object.hasOwn(ISSUE_CODES, code))).toEqual([]);
  expect(used.size).toBeGreaterThan(30);
});

test('no code is explained that nothing answers', () => {
  expect(Object.keys(ISSUE_CODES).filter((code) => !used.has(code) && !isMentioned(code))).toEqual(
    [],
  );
});

test('codes of the table of errors that speak of definitions are explained here', () => {
  const general = ['definition.invalid'];
  const codes = Object.keys(ERRORS).filter((code) => code.startsWith('definition.'));
  expect(codes.filter((code) => !Object.hasOwn(ISSUE_CODES, code))).toEqual(general);
});

test('explanations are sentences, and the page of errors has them all', () => {
  const page = readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8');
  for (const [code, words] of Object.entries(ISSUE_CODES)) {
    expect(words).toMatch(/^[A-Z`].+\.$/);
    expect(page).toContain(`| \`${code}\` | ${words} |`);
  }
});
