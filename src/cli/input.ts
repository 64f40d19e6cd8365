/** Objects and lists that options hold, as JSON or as files; the API judges what is in them. */
import { z } from 'zod';
import { readData } from './data';
import { UsageError } from './usage-error';

const object = z.record(z.string(), z.json());
const list = z.array(object).min(1);

export type Data = z.infer<typeof object>;

/** The object that an option was given; undefined without it. */
export async function objectOf(
  given: string | undefined,
  option: string,
): Promise<Data | undefined> {
  return given === undefined ? undefined : read(given, option, object);
}

/** The object, or list of objects, that an option was given: a group of conditions is either. */
export const groupOf = (given: string, option: string): Promise<Data | Data[]> =>
  read(given, option, z.union([list, object]));

/** The list of objects that an option was given. */
export const listOf = (given: string, option: string): Promise<Data[]> => read(given, option, list);

async function read<T>(given: string, option: string, schema: z.ZodType<T>): Promise<T> {
  const data = await readData(given, option, schema);
  if (data.issues === null) return data.value;
  const [first] = data.issues;
  const { line = 1, column = 1, path = '', message = '' } = first ?? {};
  const place = `${data.source.name}:${line}:${column}`;
  throw new UsageError(`${option}: ${place}${path === '' ? '' : ` ${path}`}: ${message}`);
}
