/** What a command of the command line is; one file per command in commands/. */
import type { Options, Values } from './options';
import type { Terminal } from './terminal';

/** 0: fine. 1: problems or failed tests. 2: wrong usage, or something that cannot be read. */
export type ExitCode = 0 | 1 | 2;

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
