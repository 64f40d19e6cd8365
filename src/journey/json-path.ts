/** Paths into a JSON answer: `data.items[0].id`, `data.items.0.id`, or a JSON pointer `/data/items/0/id`. */
import { isList } from './coercion';
import type { Json } from './json';

const STEP = /[^.[\]]+|\[(\d{1,6})\]/g;
const DOTTED = /^[^.[\]]+(?:\.[^.[\]]+|\[\d{1,6}\])*$/;

/** The names that a path goes through, or null for a text that is no path. */
export function stepsOf(path: string): readonly string[] | null {
  if (path.startsWith('/')) return path.slice(1).split('/').map(unescaped);
  if (!DOTTED.test(path)) return null;
  return [...path.matchAll(STEP)].map(([step, index]) => index ?? step);
}

/** What lies at the end of a path; undefined when something on the way is missing. */
export function readJson(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) value = inside(value, step);
  return value;
}

function inside(value: Json | undefined, step: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isList(value)) return /^\d{1,6}$/.test(step) ? value[Number(step)] : undefined;
  return Object.hasOwn(value, step) ? value[step] : undefined;
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
