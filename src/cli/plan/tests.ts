/** What the tests of a definition say to publishing it. */
import type { Definition } from '../../journey/definition';
import type { MailTemplates } from '../../journey/mail-template';
import { DryRunTooLong } from '../../language/dry-run';
import { runTests } from '../../language/run-tests';

export interface TestOutcome {
  readonly passed: number;
  readonly failed: readonly { readonly name: string; readonly difference: string }[];
  /** Why they could not be run to the end; null where they could. */
  readonly stopped: string | null;
}

/** Runs them with what stored templates say, and tells of each that failed what differs first. */
export async function outcomeOfTests(
  definition: Definition,
  templates: MailTemplates,
): Promise<TestOutcome> {
  try {
    const results = await runTests(definition, { templates });
    const failed = results.filter(({ passed }) => !passed);
    return {
      passed: results.length - failed.length,
      failed: failed.map(({ name, differences: [first] }) => ({
        name,
        difference: first === undefined ? '' : `${first.field}: ${first.message}`,
      })),
      stopped: null,
    };
  } catch (error) {
    if (!(error instanceof DryRunTooLong)) throw error;
    return { passed: 0, failed: [], stopped: error.message };
  }
}
