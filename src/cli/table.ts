/** Rows in columns, without lines around them. */
import { printable, type Terminal } from './terminal';

type Row = readonly (string | number | null)[];

interface Listing<T> {
  readonly heading: readonly string[];
  readonly rowOf: (each: T) => Row;
  /** Whether it is for a program: then it is printed whole. */
  readonly json: boolean | undefined;
}

/** Prints a list as a table, or as JSON. */
export function printList<T>(
  data: readonly T[],
  { heading, rowOf, json }: Listing<T>,
  terminal: Terminal,
): void {
  if (json) terminal.json({ data });
  else printTable(heading, data.map(rowOf), terminal);
}

/** Prints a heading and rows, each column as wide as its widest cell. */
export function printTable(
  heading: readonly string[],
  rows: readonly Row[],
  terminal: Terminal,
): void {
  const cells = rows.map((row) =>
    row.map((cell) => (cell === null ? '–' : printable(String(cell)))),
  );
  const widths = heading.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  terminal.line(terminal.paint('dim', line(heading)));
  for (const row of cells) terminal.line(line(row));
}
