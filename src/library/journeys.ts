/**
 * The library: complete journeys to begin with, one file each in the folder `journeys`, named by their keys.
 *
 * Owns: which there are, and their texts. Does not own: what becomes of a copy, which is a workflow like any other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDefinitionText } from '../language/parse-definition';

/** Beside `src`, and beside its compiled form. */
const FOLDER = join(__dirname, '../../journeys');
const EXTENSION = '.yaml';

export interface LibraryJourney {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  /** How many nodes it has. */
  readonly nodes: number;
  /** How many tests it has. */
  readonly tests: number;
}

let texts: ReadonlyMap<string, string> | null = null;
let listed: readonly LibraryJourney[] | null = null;

/** Every journey of the library, by key. Files are read once: later changes are not seen. */
export function listJourneys(): readonly LibraryJourney[] {
  listed ??= [...journeyTexts()].map(([key, text]) => summaryOf(key, text));
  return listed;
}

/** The definition of a journey, as it was written; null when there is none with this key. */
export function journeyText(key: string): string | null {
  return journeyTexts().get(key) ?? null;
}

function journeyTexts(): ReadonlyMap<string, string> {
  texts ??= new Map(
    readdirSync(FOLDER)
      .filter((file) => file.endsWith(EXTENSION))
      .toSorted()
      .map((file) => [
        file.slice(0, -EXTENSION.length),
        readFileSync(join(FOLDER, file), 'utf8').replaceAll('\r\n', '\n'),
      ]),
  );
  return texts;
}

function summaryOf(key: string, text: string): LibraryJourney {
  const { definition, errors } = parseDefinitionText(text);
  const file = `journeys/${key}${EXTENSION}`;
  if (definition === null) {
    const [first] = errors;
    throw new Error(`${file}:${first?.line ?? 1} is not valid: ${first?.message ?? ''}`);
  }
  if (definition.key !== key)
    throw new Error(`${file} has the key "${definition.key}". Name the file as the key.`);
  const { name, description = '', nodes, tests = [] } = definition;
  return { key, name, description, nodes: nodes.length, tests: tests.length };
}
