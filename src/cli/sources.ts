/** The files that a command names: single ones, whole folders, standard input. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error';

const STANDARD_INPUT = '-';
const ENDINGS = ['.yaml', '.yml', '.json'];
/** Folders of packages and of tools, which hold no definitions of ours. */
const PASSED_OVER = /^(?:node_modules|\..+)$/;

/** A text and what to call it in messages. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** The files that arguments stand for, each once; a folder stands for its YAML and JSON files. */
export function filesOf(args: readonly string[]): readonly string[] {
  if (args.length === 0) throw new UsageError('Name a file, a folder, or - for standard input.');
  return [...new Set(args.flatMap((name) => (isFolder(name) ? filesBelow(name) : [name])))];
}

function isFolder(name: string): boolean {
  return name !== STANDARD_INPUT && reading(name, () => statSync(name)).isDirectory();
}

function filesBelow(folder: string): readonly string[] {
  const found = walk(folder);
  if (found.length > 0) return found;
  throw new UsageError(`${folder} holds no file that ends in ${ENDINGS.join(', ')}.`);
}

function walk(folder: string): readonly string[] {
  const entries = reading(folder, () => readdirSync(folder, { withFileTypes: true }));
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) return PASSED_OVER.test(entry.name) ? [] : walk(name);
      return ENDINGS.includes(path.extname(entry.name).toLowerCase()) ? [name] : [];
    });
}

let standardInput: string | null = null;

/** Reads a file, or standard input for `-`, which can be read once. */
export async function readSource(name: string): Promise<Source> {
  if (name !== STANDARD_INPUT)
    return { name, text: withoutMark(reading(name, () => readFileSync(name, 'utf8'))) };
  if (standardInput !== null) throw new UsageError('Standard input (-) can be read once only.');
  standardInput = withoutMark(await text(process.stdin));
  return { name: '<stdin>', text: standardInput };
}

/** Some editors begin a text with a byte order mark, which would shift the first column. */
const withoutMark = (content: string) => content.replace(/^\uFEFF/, '');

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder.',
  EACCES: 'It may not be read by this user.',
  EPERM: 'It may not be read by this user.',
  EISDIR: 'It is a folder.',
  ENOTDIR: 'A part of its path is a file, not a folder.',
  ELOOP: 'Its links lead in a circle.',
  ENAMETOOLONG: 'Its name is too long.',
  ERR_FS_FILE_TOO_LARGE: 'It is too large.',
};

function reading<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${name} cannot be read. ${REASONS[code] ?? message}`);
  }
}
