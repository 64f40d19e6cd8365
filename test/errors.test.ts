/**
 * Every code that is used is in the table. Most are checked by the compiler: problems, issues and what
 * activities throw take an `ErrorCode`. The interpreter and the workflow may not import the table, and
 * channels name codes for rows, so these are read here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERRORS } from '../src/errors';

const ROOT = path.resolve(__dirname, '..');
const CODE = /'([a-z]+\.[a-z_]+)'/g;
/** Beside codes of failures a node's file names why a step took its port; that begins so. */
const REASON = /reason: \{ code: .*/g;
const NOUNS = new Set(Object.keys(ERRORS).map((code) => code.split('.', 1)[0]));
/** Events and paths of conditions, which look like codes. */
const OTHERS = new Set(['contact.tag_added', 'contact.email', 'email.opened', 'event.total']);

function sourcesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));
}

/** Codes in the words of a file, with their nouns in the table or without. */
function codesIn(text: string): string[] {
  return [...text.replace(REASON, '').matchAll(CODE)].map(([, code]) => code ?? '');
}

test('every code that a failure may have is in the table', () => {
  const files = ['src/journey', 'src/channels', 'workflows', 'activities'].flatMap(sourcesOf);
  const lacking = files.flatMap((file) =>
    codesIn(readFileSync(path.join(ROOT, file), 'utf8'))
      .filter((code) => NOUNS.has(code.split('.', 1)[0]) && !OTHERS.has(code))
      .filter((code) => !(code in ERRORS))
      .map((code) => `${file}: ${code}`),
  );
  expect(lacking).toEqual([]);
});

test('the search finds codes, and leaves out the reasons of steps', () => {
  const text = `
    this.failure = { code: 'step.visited_enough', node };
    return { port: 'next', reason: { code: 'effect.done' } };`;
  expect(codesIn(text)).toEqual(['step.visited_enough']);
  expect(codesIn(readFileSync(path.join(ROOT, 'workflows/temporal-runtime.ts'), 'utf8'))).toEqual([
    'effect.timed_out',
  ]);
});

test('every code is a noun and what is wrong with it, and every title a sentence without an end', () => {
  for (const [code, { status, title }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(status).toBeGreaterThanOrEqual(400);
  }
});
