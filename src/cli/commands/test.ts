import type { Definition } from '../../journey/definition';
import { DryRunTooLong } from '../../language/dry-run';
import { runTests, type TestResult } from '../../language/run-tests';
import { defineCommand, type ExitCode } from '../command';
import { type ReadDefinition, readDefinition } from '../definitions';
import { printProblems } from '../problems';
import { printRun } from '../run-text';
import { filesOf } from '../sources';
import { printable, type Terminal } from '../terminal';
import { frameOf } from '../timeline';

interface TestedFile extends ReadDefinition {
  readonly tests: readonly TestResult[];
  /** Why its tests could not be run to the end. */
  readonly failure: string | null;
}

export const test = defineCommand({
  name: 'test',
  summary: 'Run the tests inside definitions; show how the failed ones went.',
  usage: '<file…|folder…> [--json]',
  description: [
    'Runs the "tests" of definitions on virtual time. A folder stands for every .yaml, .yml and .json',
    'file in it and below, node_modules and hidden folders aside; - is standard input. A file with',
    'errors counts as one failed test. Where there are no tests at all, that is a failure too.',
  ],
  options: { json: { type: 'boolean', help: 'Print one JSON document.' } },
  examples: ['throughline test cart.yaml', 'throughline test journeys/ --json'],
  async run(args, { json }, terminal) {
    const files: TestedFile[] = [];
    for (const name of filesOf(args)) {
      const file = await tested(await readDefinition(name));
      files.push(file);
      if (!json) print(file, terminal);
    }
    const all = files.flatMap(({ tests }) => tests);
    const passed = all.filter((each) => each.passed).length;
    const failed = all.length - passed + files.filter(isBroken).length;
    if (json) terminal.json({ passed, failed, files: files.map(asJson) });
    else printTotal(passed, failed, terminal);
    return passed > 0 && failed === 0 ? 0 : (1 satisfies ExitCode);
  },
});

async function tested(read: ReadDefinition): Promise<TestedFile> {
  try {
    const tests = read.definition === null ? [] : await runTests(read.definition);
    return { ...read, tests, failure: null };
  } catch (error) {
    if (!(error instanceof DryRunTooLong)) throw error;
    return { ...read, tests: [], failure: error.message };
  }
}

const isBroken = ({ definition, failure }: TestedFile) => definition === null || failure !== null;

const asJson = ({ file, errors, warnings, tests, failure }: TestedFile) => ({
  file,
  errors,
  warnings,
  tests,
  ...(failure === null ? {} : { failure }),
});

function print(file: TestedFile, terminal: Terminal): void {
  const { definition, tests, failure } = file;
  terminal.line(terminal.paint('bold', printable(file.file)));
  if (definition === null) printProblems({ ...file, warnings: [] }, terminal);
  else if (failure !== null) terminal.line(`  ${terminal.paint('red', '✗')} ${failure}`);
  else if (tests.length === 0) terminal.line(terminal.paint('dim', '  no tests'));
  else tests.forEach((result, index) => printTest(definition, result, index, terminal));
  terminal.line();
}

function printTest(
  definition: Definition,
  { name, passed, differences, report }: TestResult,
  index: number,
  terminal: Terminal,
): void {
  const { paint } = terminal;
  terminal.line(`  ${passed ? paint('green', '✓') : paint('red', '✗')} ${printable(name)}`);
  if (passed) return;
  for (const { field, message } of differences)
    terminal.line(`      ${paint('red', printable(field))}: ${printable(message)}`);
  const request = definition.tests?.[index];
  if (request === undefined) return;
  const frame = frameOf(definition, request, Date.parse(report.startedAt));
  terminal.line();
  printRun(report, request.events ?? [], frame, terminal, { indent: '      ' });
}

function printTotal(passed: number, failed: number, terminal: Terminal): void {
  if (passed + failed === 0) terminal.line('There are no tests in what was named.');
  const colour = passed > 0 && failed === 0 ? 'green' : 'red';
  terminal.line(terminal.paint(colour, `${passed} passed, ${failed} failed`));
}
