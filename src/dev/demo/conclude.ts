/** The end of the demo: what happened to each person, and whether all of it had to happen so. */
import type { DemoContext } from '../demo-context';
import type { DemoDefinition } from './definition';
import type { Outage } from './explain';
import type { PersonFacts } from './facts';
import { type Kill, LEAST_WAITING } from './kill';
import { doubtLines, mailLine, peopleTable, whereToLook } from './report';
import { inDoubt, verifyPerson } from './verify';

export interface Outcome {
  readonly facts: readonly PersonFacts[];
  readonly kill: Kill | null;
  readonly outage: Outage | null;
  /** What went wrong on the way. */
  readonly failures: readonly string[];
}

/** Prints the table and what differs from the scripts; true when nothing does. */
export function conclude(
  context: DemoContext,
  { key, waits }: DemoDefinition,
  { facts, kill, outage, failures }: Outcome,
): boolean {
  const problems = [
    ...failures,
    ...killProblems(facts, kill, context.inbox !== null),
    ...facts.flatMap((person) => verifyPerson(person, waits)),
  ];
  const lines = [
    '',
    ...peopleTable(facts, waits, kill, outage),
    '',
    '♦ VIP',
    ...(kill === null ? [] : doubtLines(facts, kill)),
    '',
    ...(problems.length === 0 ? verdict(facts) : differences(problems)),
    '',
    ...(context.staysUp ? [...whereToLook(context, key), ''] : []),
  ];
  for (const line of lines) context.print(line);
  return problems.length === 0;
}

/** A kill that nobody had to fear proves nothing. */
function killProblems(
  facts: readonly PersonFacts[],
  kill: Kill | null,
  caught: boolean,
): readonly string[] {
  if (!caught && kill === null) return [];
  if (kill === null)
    return ['The worker was not killed: no mail was in flight while people waited.'];
  if (kill.waiting < LEAST_WAITING) return [`Only ${kill.waiting} people waited at the kill.`];
  if (caught && inDoubt(facts, kill).length === 0)
    return ['The kill left no send in doubt: each was recorded before.'];
  return [];
}

function verdict(facts: readonly PersonFacts[]): string[] {
  return [
    `✓ ${mailLine(facts)}`,
    `✓ Each of the ${facts.length} journeys ended as its script says.`,
  ];
}

function differences(problems: readonly string[]): string[] {
  return ['✗ Not as it must be:', ...problems.map((problem) => `  - ${problem}`)];
}
