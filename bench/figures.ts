/**
 * `npm run bench:figures`: what an event, somebody who waits, and a question cost; written to `bench/figures.json`.
 * `npm run gen` then writes them into docs/scaling.md.
 *
 * `--only=dispatch` (`memory`, `queries`, `waiting`) measures one part and keeps the figures of the others. `--people=500`
 * lets fewer wait, `--rounds=2` compares less often, `--steps=100000` writes fewer behind the questions, and
 * `--open=0.5` leaves half of those people inside. `--quick` takes seconds, is good for a check and not for figures, and writes only where `--out` says.
 */
process.env['TZ'] ??= 'UTC';
process.env['LOG_LEVEL'] ??= 'warn';

import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assertMeasurable } from './cpu';
import { measureDispatch } from './figures/dispatch';
import { keepPart } from './figures/kept';
import { measureMemory } from './figures/memory';
import type { PartOptions } from './figures/part';
import { measureQueries } from './figures/queries';
import { measureWaiting } from './figures/waiting';

const FIGURES = join(__dirname, 'figures.json');

const PARTS: ReadonlyMap<string, (options: PartOptions) => Promise<object>> = new Map([
  ['dispatch', measureDispatch],
  ['memory', measureMemory],
  ['queries', measureQueries],
  ['waiting', measureWaiting],
]);

const PEOPLE = { full: 5_000, quick: 10 };
const ROUNDS = { full: 7, quick: 1 };
const STEPS = { full: 1_000_000, quick: 5_000 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      out: { type: 'string' },
      quick: { type: 'boolean', default: false },
      people: { type: 'string' },
      rounds: { type: 'string' },
      steps: { type: 'string' },
      open: { type: 'string', default: '0.15' },
    },
  });
  assertMeasurable();
  const { only, quick } = values;
  const names = [...PARTS.keys()].filter((name) => only === undefined || name === only);
  if (names.length === 0) throw new Error(`--only is one of ${[...PARTS.keys()].join(', ')}.`);
  const size = quick ? 'quick' : 'full';
  const options: PartOptions = {
    quick,
    people: number('people', values.people, PEOPLE[size]),
    rounds: number('rounds', values.rounds, ROUNDS[size]),
    steps: number('steps', values.steps, STEPS[size]),
    open: number('open', values.open, 0),
    say,
  };
  const out = values.out === undefined ? (quick ? null : FIGURES) : resolve(values.out);
  for (const name of names) await measure(name, options, out);
}

async function measure(name: string, options: PartOptions, out: string | null): Promise<void> {
  const figures = await PARTS.get(name)?.(options);
  if (figures === undefined) return;
  say(JSON.stringify({ [name]: figures }, null, 2));
  if (out === null) return;
  keepPart(out, name, figures);
  say(`Written to ${relative(process.cwd(), out)}`);
}

function number(name: string, given: string | undefined, otherwise: number): number {
  const value = given === undefined ? otherwise : Number(given);
  if (value > 0) return value;
  throw new Error(`--${name} is a number above 0, not "${given}".`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
