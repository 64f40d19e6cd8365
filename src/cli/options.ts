/** Options of a command, read strictly: an unknown one is an error with a suggestion. */
import { parseArgs } from 'node:util';
import { didYouMean, suggestion } from '../language/suggest';
import { UsageError } from './usage-error';

export interface Option {
  readonly type: 'boolean' | 'string';
  /** May be given several times. */
  readonly multiple?: true;
  readonly short?: string;
  /** What the help calls its value: `file`. */
  readonly value?: string;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly type: 'boolean' }
    ? boolean
    : O[K] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined;
};

/** What every command takes. */
export const HELP: Option = { type: 'boolean', short: 'h', help: 'Show this help.' };

export interface Read {
  readonly files: readonly string[];
  readonly values: Readonly<Record<string, boolean | string | readonly string[] | undefined>>;
  readonly help: boolean;
}

/** Reads what follows the name of a command. Throws a UsageError for what the command does not take. */
export function readOptions(args: readonly string[], options: Options, command: string): Read {
  const all: Options = { ...options, help: HELP };
  const { tokens } = parseArgs({
    args: [...args],
    options: all,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const files: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') files.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(all, token.name) ? all[token.name] : undefined;
    if (option === undefined) throw unknownOption(token.rawName, all, command);
    const value = valueOf(option, token);
    const before = given.get(token.name) ?? [];
    if (before.length > 0 && option.type === 'string' && option.multiple === undefined) {
      throw new UsageError(`${token.rawName} is given twice; it takes one value.`);
    }
    given.set(token.name, [...before, value]);
  }
  const values = Object.entries(options).map(([name, option]) => [
    name,
    read(option, given.get(name)),
  ]);
  return { files, values: Object.fromEntries(values), help: given.has('help') };
}

function read(option: Option, values: readonly string[] | undefined) {
  if (option.type === 'boolean') return values !== undefined;
  return option.multiple ? (values ?? []) : values?.[0];
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function valueOf(option: Option, { rawName, value, inlineValue }: OptionToken): string {
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    return '';
  }
  // What looks like the next option was hardly meant as a value; `-` alone is standard input.
  const isMissing = value === undefined || value === '' || (!inlineValue && /^-./.test(value));
  if (!isMissing) return value;
  throw new UsageError(`${rawName} needs a value: ${rawName} <${option.value ?? 'value'}>.`);
}

function unknownOption(rawName: string, options: Options, command: string): UsageError {
  const names = Object.keys(options).map((name) => `--${name}`);
  const found = didYouMean(suggestion(rawName, names));
  return new UsageError(`${command} has no option ${rawName}.${found}`);
}
