/**
 * A field that does not belong where it stands: misspelt, or one of another way of writing the value.
 *
 * A field of another way is not suggested, for it would be refused again.
 */
import { z } from 'zod';
import { knownObjects } from './known-keys';
import { type Path, valueAt, writtenPath } from './path';
import { didYouMean, suggestion } from './suggest';

interface Context {
  readonly schema: z.ZodType;
  readonly input: unknown;
  readonly alsoKnown?: (path: Path) => Iterable<string>;
  readonly calledBy?: (path: Path) => string;
}

interface Misplaced {
  readonly message: string;
  readonly suggestion?: string;
}

/** More ways than these are no help to read. */
const MOST_WAYS = 5;

/** What is to say about the field `key` of the object at `path`. */
export function misplacedField(key: string, path: Path, context: Context): Misplaced {
  const called = (name: string) => context.calledBy?.([...path, name]) ?? name;
  const objects = knownObjects(context.schema, path, context.input);
  const given = givenFields(key, path, context);
  const others = (name: string) => refusing(name, given, objects).map(called);
  if (objects.some(({ shape }) => key in shape)) {
    return { message: `${conflict(called(key), others(key))}${waysText(key, given, objects)}` };
  }
  const known = new Set(objects.flatMap(({ shape }) => Object.keys(shape)));
  const fitting = [...known].filter((name) => others(name).length === 0);
  const absent = [...(context.alsoKnown?.(path) ?? [])].filter((name) => name !== key);
  const found = suggestion(key, [...fitting, ...absent]);
  const start = `There is no field "${key.slice(0, 100)}" here`;
  if (found.suggestion !== undefined) return { message: `${start}.${didYouMean(found)}`, ...found };
  const meant = suggestion(key, known).suggestion;
  if (meant === undefined) return { message: `${start}.` };
  return { message: `${start}, and ${conflict(meant, others(meant))}` };
}

function givenFields(key: string, path: Path, { input }: Context): readonly string[] {
  const value = valueAt(input, writtenPath(input, path));
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return names.filter((name) => name !== key);
}

/** The given fields that no way of writing has together with this one. */
function refusing(
  name: string,
  given: readonly string[],
  objects: readonly z.ZodObject[],
): readonly string[] {
  const ways = objects.filter(({ shape }) => name in shape);
  const known = given.filter((each) => objects.some(({ shape }) => each in shape));
  return known.filter((each) => !ways.some(({ shape }) => each in shape));
}

function conflict(name: string, [other]: readonly string[]): string {
  const beside = other === undefined ? 'the other fields here' : `"${other}"`;
  return `"${name}" cannot stand beside ${beside}.`;
}

function waysText(key: string, given: readonly string[], objects: readonly z.ZodObject[]): string {
  const near = objects.filter(({ shape }) => key in shape || given.every((name) => name in shape));
  const shown = objects.length <= MOST_WAYS ? objects : near;
  return ` Write ${shown.slice(0, MOST_WAYS).map(wayText).join(' or ')}.`;
}

function wayText({ shape }: z.ZodObject): string {
  const fields = Object.entries(shape as Record<string, z.ZodType>).map(([name, field]) => {
    const [choice, ...more] = field instanceof z.ZodLiteral ? [...field.values] : [];
    if (choice !== undefined && more.length === 0) return `${name}: ${String(choice)}`;
    return field.safeParse(undefined).success ? `${name}?` : name;
  });
  return `{ ${fields.join(', ')} }`;
}
