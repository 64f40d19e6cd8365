/** Tests of a definition that give a trigger and say nothing of the entry. */
import type { Issue } from '../errors';
import type { Definition } from '../journey/definition';
import { issueAt } from './findings';

/** A test that gives a trigger and expects nothing of the entry, with the place of the trigger. */
export interface UnjudgedEntry {
  readonly test: number;
  readonly issue: Issue;
}

/** The tests whose entry nobody judges; what is said of each is known when it is judged. */
export function unjudgedEntries(definition: Definition | null): readonly UnjudgedEntry[] {
  return (definition?.tests ?? []).flatMap(({ trigger, expect }, test) =>
    trigger === undefined || expect.entry !== undefined
      ? []
      : [{ test, issue: issueAt('definition.test_not_let_in', ['tests', test, 'trigger'], '') }],
  );
}
