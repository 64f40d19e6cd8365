/** Help texts, made from what the commands say about themselves. */
import { API_OPTIONS, JSON_OPTION } from './api-options';
import { actionName, type Command } from './command';
import { HELP, type Option, type Options } from './options';

export const EXIT_CODES: readonly string[] = [
  '  0  everything is fine',
  '  1  problems in a file, a failed test, a journey that fails, a refusal, differences (diff)',
  '  2  wrong usage, or a file that cannot be read',
  '  3  the API does not answer, or does not take the key',
];

/** What `throughline --help` says. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: throughline <command> …',
    '',
    'Checks and tries workflow definitions in files, without any server; brings them to a Throughline API,',
    'and finds and steers the people in them.',
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
export function helpOf(command: Command): string {
  const { name, usage, summary, description, options, examples, actions } = command;
  const parts = [
    [`Usage: throughline ${name} ${usage}`],
    [summary],
    description,
    ...(actions === undefined
      ? [['Options:', ...optionLines({ ...options, help: HELP }, '  ')]]
      : [
          ['Actions:', ...actions.flatMap(actionLines)],
          ['Options of every action:', ...optionLines({ ...SHARED, help: HELP }, '  ')],
        ]),
    examples.length === 0 ? [] : ['Examples:', ...examples.map((example) => `  ${example}`)],
    ['Exit codes:', ...EXIT_CODES],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

const SHARED: Options = { ...API_OPTIONS, ...JSON_OPTION };

/** An action with the options that are its own. */
function actionLines(action: Command): readonly string[] {
  const own = Object.entries(action.options).filter(([name]) => !Object.hasOwn(SHARED, name));
  return [
    `  ${`${actionName(action)} ${action.usage}`.trim()}`,
    `      ${action.summary}`,
    ...optionLines(Object.fromEntries(own), '      '),
  ];
}

function optionLines(options: Options, margin: string): readonly string[] {
  const rows = Object.entries(options).map(
    ([option, { help, ...rest }]) => [flagOf(option, rest), help] as const,
  );
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `${margin}${flag.padEnd(width)}  ${help}`);
}

function flagOf(name: string, { short, value }: Omit<Option, 'help'>): string {
  const flag = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? flag : `${flag} <${value}>`;
}
