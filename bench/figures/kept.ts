import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the figures of one part into the file and keeps those of the others. */
export function keepPart(path: string, name: string, figures: object): void {
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object) : {};
  const parts = Object.entries({ ...kept, [name]: figures });
  const inOrder = Object.fromEntries(parts.sort(([one], [other]) => (one < other ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(inOrder, null, 2)}\n`);
}
