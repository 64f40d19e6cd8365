/**
 * The tests of the library's journeys, as both worlds play them: what is written, in years to come.
 *
 * Owns: moving every date by whole cycles of the calendar, so that the same dates fall on the same days of the
 * week, leap years and changes of the clocks included; and saying what a test forces a split to as an earlier
 * assignment, which real life knows, too.
 */
import type { Definition } from '../../src/journey/definition';
import type { JourneyTest } from '../../src/journey/journey-tests';
import type { Json } from '../../src/journey/json';
import { knownEvent } from '../../src/language/event-catalogue';
import { parseDefinitionText } from '../../src/language/parse-definition';
import { runTests } from '../../src/language/run-tests';
import { journeyText, listJourneys } from '../../src/library/journeys';
import type { Playable } from './play-on-temporal';

export interface LibraryTest extends Playable {
  /** The journey's key. */
  readonly key: string;
  readonly name: string;
  readonly mocks: Readonly<Record<string, never>>;
}

/** The Gregorian calendar repeats after so many years; not across 2100, which is no leap year. */
export const CYCLE_YEARS = 28;

/**
 * So much later they begin in both worlds: real servers are never done in no time, and what a test has in equal
 * hours, an exact clock cuts off below.
 */
const PHASE_MS = 15_000;

/** Every test of the library. Throws when one does not pass in those years. */
export async function libraryTests(years: number): Promise<readonly LibraryTest[]> {
  const all: LibraryTest[] = [];
  for (const { key } of listJourneys()) {
    const definition = await inYears(key, years);
    for (const test of definition.tests ?? []) all.push(staged(definition, test));
  }
  return all;
}

/** The same without the delay, as its test says. */
export function onTime(test: LibraryTest): LibraryTest {
  return { ...test, startAt: test.startAt - PHASE_MS };
}

async function inYears(key: string, years: number): Promise<Definition> {
  const { definition } = parseDefinitionText(journeyText(key) ?? '');
  if (definition === null) throw new Error(`"${key}" is no definition.`);
  const results = await runTests(definition);
  const tests = (definition.tests ?? []).map((test, index) => ({
    ...test,
    startAt: results[index]?.report.startedAt,
  }));
  const moved = later({ ...definition, tests } as unknown as Json, years) as unknown as Definition;
  const failed = (await runTests(moved)).filter(({ passed }) => !passed);
  if (failed.length > 0)
    throw new Error(`"${key}" is another journey ${years} years later: ${JSON.stringify(failed)}`);
  return moved;
}

/** A year of the tests' own time; those of births are left. */
const YEAR = /\b20[2-9]\d(?=-\d\d-\d\d)/g;

function later(value: Json, years: number): Json {
  if (typeof value === 'string') return value.replace(YEAR, (year) => String(Number(year) + years));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => later(item, years));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, later(item, years)]),
  );
}

function staged(definition: Definition, test: JourneyTest): LibraryTest {
  const { name, contact, trigger, events = [], choose = {}, startAt = '' } = test;
  return {
    key: definition.key,
    name,
    definition,
    contact,
    events,
    mocks: {},
    startAt: Date.parse(startAt) + PHASE_MS,
    assignments: assignmentsOf(definition, choose),
    isAlone: true,
    ...(trigger === undefined
      ? {}
      : {
          trigger: {
            type: knownEvent(trigger.type) ?? trigger.type,
            properties: trigger.properties ?? {},
          },
        }),
  };
}

/** By experiment; `choose` may name a node instead. */
function assignmentsOf(
  { key, nodes }: Definition,
  choose: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const chosen = new Map(Object.entries(choose));
  return Object.fromEntries(
    nodes.flatMap((node): [string, string][] => {
      if (node.type !== 'split') return [];
      const { experiment = `${key}/${node.id}` } = node.data as { readonly experiment?: string };
      const port = chosen.get(node.id) ?? chosen.get(experiment);
      return port === undefined ? [] : [[experiment, port]];
    }),
  );
}
