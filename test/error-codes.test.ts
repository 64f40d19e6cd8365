import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERRORS } from '../src/errors';
import { ROOT } from './support/fixture';

/** These come of clocks and processes that no test can hold still for long enough. */
const UNSEEN = ['effect.timed_out'];

const here = path.join(ROOT, 'test');
const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'error-codes.test.ts')
  .map((file) => readFileSync(path.join(here, file), 'utf8'));

/** Issues are often expected without the word in front, which says only what was read. */
const namesOf = (code: string): readonly string[] => {
  const [domain = '', name = ''] = code.split('.');
  return domain === 'definition' || domain === 'request' ? [code, name] : [code];
};

test('every code is expected by some test', () => {
  const isExpected = (code: string) =>
    namesOf(code).some((name) =>
      sources.some((source) => new RegExp(`['"\`]${name.replace('.', '\\.')}['"\`:]`).test(source)),
    );
  expect(Object.keys(ERRORS).filter((code) => !isExpected(code))).toEqual(UNSEEN);
});
