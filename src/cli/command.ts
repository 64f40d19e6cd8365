/** What a command of the command line is; one file per command in commands/. */
import type { Options, Values } from './options';
import type { Terminal } from './terminal';
import { UsageError } from './usage-error';

/** The table in help.ts says what each means. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Command {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What follows the name: `<file…> [--json]`. */
  readonly usage: string;
  /** Paragraphs of the help, as lines. */
  readonly description: readonly string[];
  readonly options: Options;
  readonly examples: readonly string[];
  /** What a noun can do: `list` of `enrollments`. Their names are whole: `enrollments list`. */
  readonly actions?: readonly Command[];
  readonly run: (files: readonly string[], values: never, terminal: Terminal) => Promise<ExitCode>;
}

/** Declares a command whose `run` gets the values of its own options. */
export function defineCommand<const O extends Options>(
  command: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    readonly run: (
      files: readonly string[],
      values: Values<O>,
      terminal: Terminal,
    ) => Promise<ExitCode>;
  },
): Command {
  return command;
}

type Group = Pick<Command, 'name' | 'summary' | 'description' | 'examples'>;

/** Declares a noun and what can be done with it. */
export function defineGroup(group: Group & { readonly actions: readonly Command[] }): Command {
  const names = group.actions.map(actionName).join(', ');
  return {
    ...group,
    usage: '<action> …',
    options: {},
    run: async () => {
      throw new UsageError(`Say what to do with ${group.name}: ${names}.`);
    },
  };
}

/** An action, such as a group has: few need words of their own. */
export function defineAction<const O extends Options>(
  action: Pick<Command, 'name' | 'summary' | 'usage'> & {
    readonly options: O;
    readonly description?: readonly string[];
    readonly run: (
      names: readonly string[],
      values: Values<O>,
      terminal: Terminal,
    ) => Promise<ExitCode>;
  },
): Command {
  return { description: [], examples: [], ...action };
}

/** `list` of `enrollments list`. */
export const actionName = ({ name }: Command): string => name.split(' ').at(-1) ?? name;
