/**
 * Owns the file in which the catcher notes what it took, so that the next start still knows it: a mail that nobody
 * remembers counts as never sent, and is sent again.
 *
 * J1. A mail that was appended survives the end of this process, however sudden; not a loss of power.
 * J2. Every entry begins on a line of its own: one that was torn costs itself and no other.
 * J3. The file holds the newest entries, up to twice the limits; then it is cut to the limits.
 */
import { mkdirSync } from 'node:fs';
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CaughtMail } from './caught-mail';

export interface JournalLimits {
  readonly mails: number;
  readonly bytes: number;
}

/** A mail as it was noted, and the size of its entry. */
export interface KeptMail {
  readonly mail: CaughtMail;
  readonly bytes: number;
}

export interface MailJournal {
  /** Resolves when the mail is in the file. Called one at a time. */
  append(mail: CaughtMail): Promise<void>;
}

const OWNER_ONLY = { mode: 0o600 };
const LIMITS: JournalLimits = { mails: 5_000, bytes: 32 * 1024 * 1024 };

/** Opens or begins the file; `kept` is what earlier runs noted, the oldest first. */
export async function openMailJournal(
  path: string,
  limits = LIMITS,
): Promise<{ kept: readonly KeptMail[]; journal: MailJournal }> {
  mkdirSync(dirname(path), { recursive: true });
  const kept = newest(await textOf(path), limits);
  let size = sizeOf(kept);
  const append = async (mail: CaughtMail): Promise<void> => {
    const entry = entryOf(mail);
    await appendFile(path, entry, OWNER_ONLY);
    size = { mails: size.mails + 1, bytes: size.bytes + Buffer.byteLength(entry) };
    if (size.mails > 2 * limits.mails || size.bytes > 2 * limits.bytes)
      size = sizeOf(await cut(path, limits));
  };
  return { kept, journal: { append } };
}

/** JSON has no line break, so the next one ends the entry, torn or not. */
function entryOf(mail: CaughtMail): string {
  return `\n${JSON.stringify(mail)}\n`;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The newest entries within the limits, the oldest first; those that cannot be read are passed over. */
function newest(text: string, limits: JournalLimits): KeptMail[] {
  const kept: KeptMail[] = [];
  let bytes = 0;
  for (const line of text.split('\n').reverse()) {
    const mail = line === '' ? null : parsed(line);
    if (mail === null) continue;
    const entry = { mail, bytes: Buffer.byteLength(line) + 2 };
    bytes += entry.bytes;
    if (kept.length === limits.mails || (bytes > limits.bytes && kept.length > 0)) break;
    kept.push(entry);
  }
  return kept.reverse();
}

function parsed(line: string): CaughtMail | null {
  try {
    const mail = JSON.parse(line) as Partial<CaughtMail> | null;
    return typeof mail?.number === 'number' ? (mail as CaughtMail) : null;
  } catch {
    return null;
  }
}

/** In one step, so that an interruption leaves the old file or the new one. */
async function cut(path: string, limits: JournalLimits): Promise<readonly KeptMail[]> {
  const kept = newest(await textOf(path), limits);
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, kept.map(({ mail }) => entryOf(mail)).join(''), OWNER_ONLY);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return kept;
}

function sizeOf(kept: readonly KeptMail[]): JournalLimits {
  return { mails: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) };
}
