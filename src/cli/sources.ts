/** The files that a command names: single ones, whole folders, standard input. */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { UsageError } from './usage-error';

const STANDARD_INPUT = '-';
const LINE_END = 0x0a;
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

let standardInput: Buffer | null = null;

/** Reads a file, or standard input for `-`, which can be read once. Fails with a UsageError where it is no UTF-8. */
export async function readSource(name: string): Promise<Source> {
  if (name !== STANDARD_INPUT) return asSource(name, () => readFileSync(name));
  if (standardInput !== null) throw new UsageError('Standard input (-) can be read once only.');
  standardInput = await buffer(process.stdin);
  const bytes = standardInput;
  return asSource('<stdin>', () => bytes);
}

function asSource(name: string, read: () => Buffer): Source {
  const bytes = reading(name, read);
  if (!isUtf8(bytes)) throw notUtf8(name, bytes);
  return { name, text: withoutMark(reading(name, () => bytes.toString('utf8'))) };
}

/** Reading on would store something else than was written: `J\ufffdrgen` for a Jürgen in Latin-1. */
function notUtf8(name: string, bytes: Buffer): UsageError {
  let line = 1;
  let start = 0;
  // No character of UTF-8 holds the byte of a line's end, so each line can be judged by itself.
  for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
    line += 1;
  }
  return new UsageError(
    `${name}:${line}: This line is no UTF-8, so some of its characters cannot be read. Save the file as UTF-8, and try again.`,
  );
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
