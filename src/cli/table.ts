/** Rows in columns, without lines around them. */
import { printable, type Terminal } from './terminal';

/** Prints a heading and rows, each column as wide as its widest cell. */
export function printTable(
  heading: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
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
