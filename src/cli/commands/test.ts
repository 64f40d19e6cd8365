import type { Issue } from '../../errors';
import type { Definition } from '../../journey/definition';
import { DryRunTooLong } from '../../language/dry-run';
import { runTests, type TestResult } from '../../language/run-tests';
import { JSON_OPTION } from '../api-options';
import { defineCommand, type ExitCode } from '../command';
import { type ReadDefinition, readDefinition } from '../definitions';
import { type Problems, printProblems } from '../problems';
import { printRun } from '../run-text';
import {
  definitionsAmong,
  hasErrors,
  readTemplates,
  type Shelf,
  TEMPLATES_OPTION,
  unknownTemplates,
} from '../templates';
import { printable, type Terminal } from '../terminal';
import { frameOf } from '../timeline';

interface TestedFile extends Problems, Pick<ReadDefinition, 'definition'> {
  /** Warnings for templates that are not at hand. */
  readonly unknown: readonly Issue[];
  readonly tests: readonly TestResult[];
  /** Why its tests could not be run to the end. */
  readonly failure: string | null;
}

export const test = defineCommand({
  name: 'test',
  summary: 'Run the tests inside definitions; show how the failed ones went.',
  usage: '<file…|folder…> [options]',
  description: [
    'Runs the "tests" of definitions on virtual time. A folder stands for every .yaml, .yml and .json',
    'file in it and below, node_modules and hidden folders aside; - is standard input. A file with',
    'errors counts as one failed test. Where there are no tests at all, that is a failure too. Subjects of',
    'mails from a template that is not at hand are not looked at, which is said.',
  ],
  options: { ...TEMPLATES_OPTION, ...JSON_OPTION },
  examples: [
    'throughline test cart.yaml',
    'throughline test journeys/ --templates templates/ --json',
  ],
  async run(args, { templates, json }, terminal) {
    const shelf = await readTemplates(templates);
    const broken = shelf.files.filter(hasErrors);
    const files: TestedFile[] = broken.map((file) => ({ ...file, ...NOTHING_TESTED }));
    if (!json) for (const file of files) print(file, terminal);
    for (const name of definitionsAmong(args, shelf)) {
      const file = await tested(await readDefinition(name), shelf);
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

const NOTHING_TESTED = { definition: null, unknown: [], tests: [], failure: null } as const;

async function tested(read: ReadDefinition, shelf: Shelf): Promise<TestedFile> {
  const unknown = unknownTemplates(read.templates, shelf);
  try {
    const { templates } = shelf;
    const tests = read.definition === null ? [] : await runTests(read.definition, { templates });
    return { ...read, unknown, tests, failure: null };
  } catch (error) {
    if (!(error instanceof DryRunTooLong)) throw error;
    return { ...read, unknown, tests: [], failure: error.message };
  }
}

const isBroken = ({ definition, failure }: TestedFile) => definition === null || failure !== null;

const asJson = ({ file, errors, warnings, unknown, tests, failure }: TestedFile) => ({
  file,
  errors,
  warnings: [...warnings, ...unknown],
  tests,
  ...(failure === null ? {} : { failure }),
});

function print(file: TestedFile, terminal: Terminal): void {
  const { definition, unknown, tests, failure } = file;
  terminal.line(terminal.paint('bold', printable(file.file)));
  if (definition !== null && tests.length > 0) {
    const aboutTests = file.warnings.filter(({ code }) => code === 'definition.test_not_let_in');
    const warnings = [...unknown, ...aboutTests];
    printProblems({ file: file.file, errors: [], warnings }, terminal);
  }
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
