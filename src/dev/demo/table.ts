/** Lays texts out in columns. */

export interface Column {
  readonly title: string;
  /** Texts longer than this are cut, so that one long value does not break the layout. */
  readonly width: number;
}

const GAP = '  ';

/** The lines of a table: title, rule, rows. Columns are as wide as their longest text, at most `width`. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title, width }, index) => {
    const longest = Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0));
    return Math.min(width, longest);
  });
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, index) => cut(cells[index] ?? '', width).padEnd(width))
      .join(GAP)
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.map(line),
  ];
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
