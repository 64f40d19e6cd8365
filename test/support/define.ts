import type { Definition } from '../../src/journey/definition';
import { parseDefinition } from '../../src/language/parse-definition';

interface Sketch {
  readonly nodes: Readonly<Record<string, readonly [type: string, data?: object, more?: object]>>;
  /** `a -> b` for the next port, `a:true -> b` for another. */
  readonly edges?: readonly string[];
  readonly goals?: readonly object[];
  readonly settings?: object;
  readonly triggers?: readonly object[];
  readonly tests?: readonly object[];
  readonly key?: string;
}

/** A definition from a sketch; without edges the nodes follow one another. */
export function define(sketch: Sketch): Definition {
  const { definition, errors } = parseDefinition(sketched(sketch));
  if (definition === null)
    throw new Error(`The sketch is wrong: ${JSON.stringify(errors, null, 1)}`);
  return definition;
}

const DURATIONS = new Set([
  ...['for', 'timeout', 'maxWait', 'offset', 'within', 'per', 'after', 'endedAfter'],
  ...['initialInterval', 'maxInterval', 'reEnrollmentDelay', 'window'],
]);

/** Milliseconds, which tests count in, as people must write them. */
function withUnits(value: unknown, name = ''): unknown {
  if (typeof value === 'number' && DURATIONS.has(name)) return `${value}ms`;
  if (Array.isArray(value)) return value.map((item) => withUnits(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withUnits(inner, key)]),
  );
}

/** The same as input for the API. */
export function sketched(sketch: Sketch): object {
  return withUnits(graphOf(sketch)) as object;
}

function graphOf({ nodes, edges, goals, settings, triggers, tests, key }: Sketch): object {
  const ids = Object.keys(nodes);
  const chain = ids.slice(1).map((id, index) => `${ids[index]} -> ${id}`);
  return {
    key: key ?? 'journey',
    name: 'Journey',
    triggers: triggers ?? [{ type: 'manual' }],
    nodes: Object.entries(nodes).map(([id, [type, data, more]]) => ({
      id,
      type,
      data: data ?? {},
      ...more,
    })),
    edges: (edges ?? chain).map(edgeOf),
    ...(goals === undefined ? {} : { goals }),
    ...(settings === undefined ? {} : { settings }),
    ...(tests === undefined ? {} : { tests }),
  };
}

function edgeOf(text: string): object {
  const [from = '', target] = text.split(' -> ');
  const [source, port] = from.split(':');
  return { source, target, ...(port === undefined ? {} : { sourceHandle: port }) };
}
