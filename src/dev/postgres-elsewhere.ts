/**
 * Owns data folders that lie apart from their home, because PostgreSQL runs as a user who cannot get into the home.
 *
 * E1. The home holds a note that names the place, and the place names the home and repeats the note's token. Data
 *     whose home is gone, or was made anew, belongs to nobody.
 * E2. Data that belongs to nobody is removed, unless a server still runs on it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJson } from './atomic-file';
import { processIdentity } from './processes';

interface Note {
  place: string;
  token: string;
}

interface PlaceMark {
  dataDir: string;
  token: string;
}

const NOTE = 'elsewhere.json';
const MARK = 'home.json';
const JUST_MADE_MS = 60_000;

/** The data folder that the note in `dataDir` names; null without a note, or when the place is gone. */
export async function notedPlace(dataDir: string): Promise<string | null> {
  const note = await readJson<Note>(join(dataDir, NOTE));
  return note && (await belongs(note.place)) ? join(note.place, 'data') : null;
}

/** Makes a place for the data of `dataDir` below `shared`, and removes what belongs to nobody there. */
export async function placeElsewhere(dataDir: string, shared: string): Promise<string> {
  await removeOrphans(shared);
  const token = randomUUID();
  const place = join(shared, `data-${token}`);
  await mkdir(place, { mode: 0o755 });
  writeJson(join(dataDir, NOTE), { place, token } satisfies Note);
  writeJson(join(place, MARK), { dataDir, token } satisfies PlaceMark);
  return join(place, 'data');
}

async function removeOrphans(shared: string): Promise<void> {
  const names = await readdir(shared);
  const places = names.filter((name) => name.startsWith('data-')).map((name) => join(shared, name));
  for (const place of places) {
    if ((await belongs(place)) || (await isInUse(place))) continue;
    await rm(place, { recursive: true, force: true });
  }
}

async function belongs(place: string): Promise<boolean> {
  const mark = await readJson<PlaceMark>(join(place, MARK));
  if (!mark) return false;
  const note = await readJson<Note>(join(mark.dataDir, NOTE));
  return note?.place === place && note.token === mark.token;
}

/** Being made this very moment by another start, or served although its home was removed. */
async function isInUse(place: string): Promise<boolean> {
  const made = await stat(place).catch(() => null);
  if (made && Date.now() - made.mtimeMs < JUST_MADE_MS) return true;
  const pidFile = await readFile(join(place, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(pidFile.split('\n')[0]);
  return pid > 0 && processIdentity(pid) !== null;
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return null;
  }
}
