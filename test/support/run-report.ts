/** How the long runs tell what they found: criteria that hold or do not, as tables of Markdown. */

export interface Criterion {
  readonly name: string;
  readonly figure: string;
  /** Null where it is told and not judged. */
  readonly holds: boolean | null;
  /** What is wrong, one line each. */
  readonly details?: readonly string[];
}

/** How many details are shown. */
const SHOWN = 20;

/** Holds when nothing was found. */
export function none(name: string, found: readonly string[]): Criterion {
  return { name, figure: String(found.length), holds: found.length === 0, details: found };
}

/** Whether none of them failed. */
export const allHold = (criteria: readonly Criterion[]): boolean =>
  criteria.every(({ holds }) => holds !== false);

/** The table of the criteria, and below it what is wrong with those that failed. */
export function criteriaLines(criteria: readonly Criterion[]): string[] {
  const failed = criteria.filter(
    ({ holds, details = [] }) => holds === false && details.length > 0,
  );
  return [
    '| criterion | figure | |',
    '| --- | --- | --- |',
    ...criteria.map(
      ({ name, figure, holds }) =>
        `| ${name} | ${figure} | ${holds === null ? 'told' : holds ? 'pass' : '**FAIL**'} |`,
    ),
    '',
    ...failed.flatMap(({ name, details = [] }) => [
      `## ${name}`,
      '',
      ...details.slice(0, SHOWN).map((text) => `- ${text}`),
      ...more(details.length),
      '',
    ]),
  ];
}

const more = (count: number): string[] => (count > SHOWN ? [`- … and ${count - SHOWN} more`] : []);

export const seconds = (ms: number | null): string =>
  ms === null ? 'never' : `${(ms / 1_000).toFixed(1)} s`;

/** Counts by name, in words. */
export const told = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
