/** Walking what was written, past what is nobody's business. */
import { objectsIn, type GraphSketch } from './graph-sketch';
import type { Path } from './path';

export interface LanguageObject {
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Fields under which people keep data of their own: what looks like the language there is not meant so. */
const PRIVATE = new Set([
  'attributes',
  'body',
  'headers',
  'payload',
  'properties',
  'value',
  'variables',
  'set',
  'append',
]);

/** Every object inside a value, in the order it was written. Keeps a stack of its own, since depth is the writer's. */
export function objectsInside(root: unknown, start: Path): readonly LanguageObject[] {
  const found: LanguageObject[] = [];
  const stack: (readonly [unknown, Path])[] = [[root, start]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [value, path] = next;
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    if (!isList) found.push({ path, value: value as Record<string, unknown> });
    const children = isList
      ? value.map((child: unknown, index) => [child, [...path, index]] as const)
      : Object.entries(value)
          .filter(([key]) => !PRIVATE.has(key))
          .map(([key, child]) => [child, [...path, key]] as const);
    stack.push(...children.reverse());
  }
  return found;
}

/** The parts of a definition in which conditions stand, with all objects inside them. */
export function conditionObjects({ nodes, input }: GraphSketch): readonly LanguageObject[] {
  const { trigger, triggers, settings } = input;
  return [
    ...objectsInside(trigger, ['trigger']),
    ...objectsInside(triggers, ['triggers']),
    ...nodes.flatMap(({ index, written, envelope }) => [
      ...objectsInside(written, ['nodes', index, 'data']),
      ...objectsInside(envelope.executeIf, ['nodes', index, 'executeIf']),
    ]),
    ...objectsIn(input.goals).flatMap(([{ condition }, index]) =>
      objectsInside(condition, ['goals', index, 'condition']),
    ),
    ...objectsInside(settings, ['settings']),
  ];
}
