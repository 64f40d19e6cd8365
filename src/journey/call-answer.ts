/** What a call answers, and which of it an enrollment keeps as variables. */
import { z } from 'zod';
import { isList } from './coercion';
import { EvaluationFailed } from './facts';
import type { Json } from './json';
import { readJson, stepsOf } from './json-path';
import { variableName } from './variable';
import type { FactWrite } from './writes';

/** An answer whose body was read: JSON where it is JSON, else its text. */
export interface CallAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

const MOST_VARIABLES = 20;
const MOST_CHARACTERS = 32_000;
const DEEPEST = 32;

const answerPath = z
  .string()
  .min(1)
  .max(500)
  .refine(
    (text) => stepsOf(text) !== null,
    'Expected a path such as status, headers.location, body or data.items[0].id.',
  );

/** The field `save` of nodes that call. */
export const saveField = z
  .record(variableName, answerPath)
  .refine((save) => Object.keys(save).length <= MOST_VARIABLES, {
    message: `At most ${MOST_VARIABLES} variables can be saved.`,
  })
  .describe(
    'Variables to set, each with where its value lies in the answer: `status`, `headers.name`, `body`, or a path into the JSON body such as `data.items[0].id` (`body.status` where the body has that name). What is missing is null.',
  );

export type Save = z.infer<typeof saveField>;

/** Whether saving needs the whole body. */
export function readsBody(save: Save = {}): boolean {
  return Object.values(save).some((path) => {
    const [root] = stepsOf(path) ?? [];
    return root !== 'status' && root !== 'headers';
  });
}

/** The variables that an answer sets. @throws EvaluationFailed when they are too large. */
export function savedVariables(save: Save = {}, answer: CallAnswer): readonly FactWrite[] {
  const writes = Object.entries(save).map(([name, path]): FactWrite => {
    const value = valueAt(path, answer) ?? null;
    if (isDeeper(value, DEEPEST)) throw tooLarge(`"${name}" is nested too deeply`);
    return { kind: 'set_variable', name, value: storable(value) };
  });
  if (JSON.stringify(writes).length > MOST_CHARACTERS)
    throw tooLarge(`What is saved has more than ${MOST_CHARACTERS} characters as JSON`);
  return writes;
}

function valueAt(path: string, { status, headers, body }: CallAnswer): Json | undefined {
  const [root = '', ...rest] = stepsOf(path) ?? [];
  if (path.startsWith('/')) return readJson(body, [root, ...rest]);
  if (root === 'status' && rest.length === 0) return status;
  if (root === 'headers') return readJson(headers, [rest.join('.').toLowerCase()]);
  if (root === 'body') return readJson(body, rest);
  return readJson(body, [root, ...rest]);
}

function tooLarge(what: string): EvaluationFailed {
  return new EvaluationFailed('http.too_large', `${what}. Save a smaller part of the answer.`);
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item: Json) => isDeeper(item, levels - 1));
}

/** JSON can spell what PostgreSQL cannot store: NUL, and half an emoji. */
function storable(value: Json): Json {
  if (typeof value === 'string') return value.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(storable);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [storable(name) as string, storable(item)]),
  );
}
