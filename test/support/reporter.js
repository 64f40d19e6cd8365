/**
 * What `npm test` prints: one line per test file, every failure again at the end, and as the very
 * last line of the output `N passed, N failed` (with `, N skipped` when some were), where N counts
 * single tests.
 *
 * 1. A test file that could not run (it does not compile, a hook outside a test failed) counts as
 *    one failed test more: no failure can hide behind a zero.
 * 2. The line is written when the process exits, after global teardown and jest's own warnings.
 * 3. A run that fails otherwise counts as one failed test. Where not even this reporter was made,
 *    scripts/jest.mjs writes the line.
 */
const { writeSync } = require('node:fs');
const path = require('node:path');

class Reporter {
  #failures = [];
  #results = { numPassedTests: 0 };

  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
    globalThis.throughlineReporter = true;
    process.once('exit', (code) => writeSync(1, `${closingLine(this.#results, code)}\n`));
  }

  onTestResult(_test, result, results) {
    this.#results = results;
    const file = path.relative(this.rootDir, result.testFilePath);
    const seconds = ((result.perfStats.end - result.perfStats.start) / 1000).toFixed(1);
    const failed = result.numFailingTests > 0 || Boolean(result.testExecError);
    const mark = failed ? 'FAIL' : result.skipped ? 'skip' : 'ok  ';
    print(`${mark} ${file} (${countsOf(result)}, ${seconds} s)`);
    if (!failed) return;
    const failure = `${result.failureMessage ?? ''}${consoleOf(result)}`.trimEnd();
    print(failure);
    this.#failures.push({ file, failure });
  }

  onRunComplete(_contexts, results) {
    if (results.numTotalTestSuites > 1) this.#repeatFailures();
    this.#results = results;
  }

  #repeatFailures() {
    for (const { file, failure } of this.#failures) print(`\n---- ${file}\n${failure}`);
  }
}

function closingLine(results, exitCode) {
  const { numPassedTests, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = results;
  const { numPendingTests = 0, numTodoTests = 0 } = results;
  const failed = numFailedTests + numRuntimeErrorTestSuites || Number(exitCode !== 0);
  const skipped = numPendingTests + numTodoTests;
  return `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function countsOf(result) {
  if (result.testExecError && result.testResults.length === 0) return 'did not run';
  const skipped = result.numPendingTests + result.numTodoTests;
  const parts = [
    `${result.numPassingTests} passed`,
    ...(result.numFailingTests > 0 ? [`${result.numFailingTests} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return parts.join(', ');
}

/** What a failed file wrote to the console; jest holds it back when several files run at once. */
function consoleOf(result) {
  const entries = result.console ?? [];
  if (entries.length === 0) return '';
  return `\n  console:\n${entries.map(({ type, message }) => `  [${type}] ${message}`).join('\n')}\n`;
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

module.exports = Reporter;
