#!/usr/bin/env node
/** `throughline`: which command, with what, and the exit code. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DryRunTooLong } from '../language/dry-run';
import { didYouMean, suggestion } from '../language/suggest';
import { ThroughlineError } from '../client/error';
import { actionName, type Command, type ExitCode } from './command';
import { UsageError } from './usage-error';
import { COMMANDS } from './commands/index';
import { helpOf, overview } from './help';
import { readOptions } from './options';
import { tellRefusal } from './refusal';
import { createTerminal, type Terminal } from './terminal';

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === undefined) throw new UsageError(`Name a command.\n\n${overview(COMMANDS)}`);
  if (first === '--version') {
    terminal.line(version());
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    const [topic] = rest;
    terminal.line(topic === undefined ? overview(COMMANDS) : helpOf(commandOf(rest).command));
    return 0;
  }
  const { command, given } = commandOf(args);
  const { files, values, help } = readOptions(given, command.options, command.name);
  if (!help) return command.run(files, values as never, terminal);
  terminal.line(helpOf(command));
  return 0;
}

/** The command, or the action of one, that the arguments begin with, and what follows it. */
function commandOf([first = '', ...rest]: readonly string[]): {
  readonly command: Command;
  readonly given: readonly string[];
} {
  const command = named(first, COMMANDS, 'command');
  const [second, ...others] = rest;
  if (command.actions === undefined || second === undefined || second.startsWith('-'))
    return { command, given: rest };
  return { command: named(second, command.actions, `action of ${first}`), given: others };
}

function named(name: string, commands: readonly Command[], kind: string): Command {
  const found = commands.find((command) => actionName(command) === name);
  if (found !== undefined) return found;
  const names = commands.map(actionName);
  const hint = didYouMean(suggestion(name, names)) || ` There are ${names.join(', ')}.`;
  throw new UsageError(`There is no ${kind} "${name}".${hint}`);
}

/** The nearest package.json is the package's own, from the sources as from dist. */
function version(folder = __dirname): string {
  try {
    const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { readonly version: string }).version;
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? 'unknown' : version(parent);
  }
}

/** Says in a sentence what stopped the command; what is no fault of the caller keeps its stack. */
function failed(error: unknown, json: boolean, terminal: Terminal): ExitCode {
  if (error instanceof ThroughlineError) return tellRefusal(error, json, terminal);
  if (!(error instanceof UsageError || error instanceof DryRunTooLong)) throw error;
  if (json) terminal.json({ error: error.message });
  console.error(error.message);
  return error instanceof UsageError ? 2 : 1;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const terminal = createTerminal(process.stdout, process.env);
  // A reader that has seen enough (| head) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    process.exitCode = await run(args, terminal);
  } catch (error) {
    process.exitCode = failed(error, args.includes('--json'), terminal);
  }
}

if (require.main === module) void main();
