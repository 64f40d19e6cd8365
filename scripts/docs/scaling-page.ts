import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './node-files';

const PAGE = 'docs/scaling.md';
/** The parts of one never have the names of the other's. */
const MEASURED = ['bench/results.json', 'bench/figures.json'];

/** A row of a table: what, its value with a unit, and where the benchmark has it. */
const ROW = /^(\| [^|]+ \| )[\d.]+((?: (?:ms|KB|MB|s))? \| `([\w.]+)` \|)$/gm;

/** The page with each figure as it was measured last; everything else is written by hand. */
export function renderScalingPage(): string {
  const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
  const measured: unknown = Object.assign({}, ...MEASURED.map((file) => JSON.parse(read(file))));
  return read(PAGE).replace(ROW, (_row, before: string, after: string, place: string) => {
    return `${before}${figureAt(measured, place)}${after}`;
  });
}

function figureAt(measured: unknown, place: string): number {
  const found = place
    .split('.')
    .reduce<unknown>(
      (inner, name) => (inner as Readonly<Record<string, unknown>>)?.[name],
      measured,
    );
  if (typeof found === 'number') return found;
  throw new Error(`${PAGE} tells "${place}", which ${MEASURED.join(' and ')} do not have.`);
}
