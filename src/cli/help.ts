/** Help texts, made from what the commands say about themselves. */
import type { Command } from './command';
import { HELP, type Option } from './options';

export const EXIT_CODES: readonly string[] = [
  '  0  everything is fine',
  '  1  problems in a file, a failed test, a simulated journey that fails',
  '  2  wrong usage, or a file that cannot be read',
];

/** What `throughline --help` says. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: throughline <command> …',
    '',
    'Works on workflow definitions in files, without any server.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    '"throughline <command> --help" says more. --version prints the version.',
    '',
    'Exit codes:',
    ...EXIT_CODES,
  ].join('\n');
}

/** What `throughline <command> --help` says. */
export function helpOf({ name, usage, summary, description, options, examples }: Command): string {
  const rows = Object.entries({ ...options, help: HELP }).map(
    ([option, { help, ...rest }]) => [flagOf(option, rest), help] as const,
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    `Usage: throughline ${name} ${usage}`,
    '',
    summary,
    '',
    ...description,
    '',
    'Options:',
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Exit codes:',
    ...EXIT_CODES,
  ].join('\n');
}

function flagOf(name: string, { short, value }: Omit<Option, 'help'>): string {
  const flag = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? flag : `${flag} <${value}>`;
}
