import { fail } from '../errors';
import type { Definition } from '../journey/definition';
import type { MailTemplates } from '../journey/mail-template';
import { DryRunTooLong } from '../language/dry-run';
import { runTests, type TestResult } from '../language/run-tests';

/** Runs the tests of a definition. Fails with `workflow.tests_failed` and every difference. */
export async function requirePassingTests(
  definition: Definition,
  templates: MailTemplates,
): Promise<void> {
  const failed = (await results(definition, templates)).filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const [first] = failed;
  const detail = `${failed.length} of ${definition.tests?.length ?? 0} tests fail, first "${first?.name}": ${first?.differences[0]?.field} ${first?.differences[0]?.message}. Correct the draft or its tests, or activate with "force": true.`;
  const tests = failed.map(({ name, differences }) => ({ name, differences }));
  throw fail('workflow.tests_failed', detail, { tests });
}

async function results(
  definition: Definition,
  templates: MailTemplates,
): Promise<readonly TestResult[]> {
  try {
    return await runTests(definition, { templates });
  } catch (error) {
    if (error instanceof DryRunTooLong) throw fail('simulation.too_long', error.message);
    throw error;
  }
}
