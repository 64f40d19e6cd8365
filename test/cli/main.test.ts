import { readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../src/cli/commands/index';
import { helpOf, overview } from '../../src/cli/help';
import { readOptions } from '../../src/cli/options';
import { STEP_HELP } from '../../src/cli/step-commands';
import { createTerminal, printable } from '../../src/cli/terminal';
import { UsageError } from '../../src/cli/usage-error';
import { lengthText, sinceStart, wallClock } from '../../src/cli/times';
import { version } from '../../package.json';
import { ROOT } from '../support/fixture';
import { folderWith, removeFolders, throughline } from './program';

afterAll(removeFolders);

const run = (...args: string[]) => throughline(folderWith({}), args);

describe('throughline', () => {
  it('says what it can do, and what each command takes', async () => {
    const [whole, one, other] = await Promise.all([
      run('--help'),
      run('test', '-h'),
      run('help', 'test'),
    ]);
    expect(whole).toEqual({ code: 0, out: `${overview(COMMANDS)}\n`, err: '' });
    expect(one).toEqual({ code: 0, out: `${helpOf(commandNamed('test'))}\n`, err: '' });
    expect(other).toEqual(one);
  });

  it.each([
    [['validat'], 'There is no command "validat". Did you mean "validate"?'],
    [['test', '--jsn'], 'test has no option --jsn. Did you mean "--json"?'],
  ])('answers %j with code 2 and a sentence', async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: 2, out: '', err: `${sentence}\n` });
  });

  it.each([
    [['--json=yes'], '--json takes no value.'],
    [['--start'], '--start needs a value: --start <instant>.'],
    [['--start', '--json'], '--start needs a value: --start <instant>.'],
    [['--start', '1', '--start=2'], '--start is given twice; it takes one value.'],
  ])('refuses the options %j in a sentence', (args, sentence) => {
    const { options, name } = commandNamed('simulate');
    expect(() => readOptions(args, options, name)).toThrow(new UsageError(sentence));
  });

  it('has the version of the package', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('docs/cli.md', () => {
  const page = readFileSync(path.join(ROOT, 'docs/cli.md'), 'utf8');

  it('has the help of the program', () => {
    expect(page).toContain(`\`\`\`text\n${overview(COMMANDS)}\n\`\`\``);
  });

  it('has the commands of simulate --step', () => {
    expect(page).toContain(`\`\`\`text\n${STEP_HELP.join('\n')}\n\`\`\``);
  });

  it.each(COMMANDS.map(({ name }) => name))('has the help of %s', (name) => {
    expect(page).toContain(`\`\`\`text\n${helpOf(commandNamed(name))}\n\`\`\``);
  });
});

describe('a terminal', () => {
  const painted = (isTTY: boolean, environment: Record<string, string>) =>
    createTerminal({ write: () => true, isTTY }, environment).paint('red', 'x');

  it('has colours where people watch who did not refuse them', () => {
    const plain = [
      painted(false, {}),
      painted(true, { NO_COLOR: '1' }),
      painted(true, { TERM: 'dumb' }),
    ];
    expect(plain).toEqual(['x', 'x', 'x']);
    expect(painted(true, { NO_COLOR: '' })).toBe('\u001b[31mx\u001b[39m');
  });

  it('is told no control characters', () => {
    expect(printable('a\nb\t\u001b[31m\u0085\u2028')).toBe('a\\nb\\t\\u001b[31m\\u0085\\u2028');
  });
});

describe('times', () => {
  it.each([
    [0, 'start'],
    [1, '+1ms'],
    [90_500, '+1m30s'],
    [788_645_000, '+9d3h4m5s'],
    [-7_200_000, '-2h'],
  ])('%d ms since the start read as %s', (passed, text) => {
    expect(sinceStart(passed, 0)).toBe(text);
  });

  it('are those of the zone, on both sides of a change of the clocks', () => {
    const gap = Date.parse('2026-03-29T01:00:00Z');
    expect(wallClock(gap - 1_000, 'Europe/Berlin')).toEqual({
      date: 'Sun 29 Mar 2026',
      time: '01:59:59',
    });
    expect(wallClock(gap, 'Europe/Berlin')).toEqual({ date: 'Sun 29 Mar 2026', time: '03:00' });
    expect(lengthText(0)).toBe('0ms');
  });
});

function commandNamed(name: string) {
  const found = COMMANDS.find((command) => command.name === name);
  if (found === undefined) throw new Error(`There is no command ${name}.`);
  return found;
}
