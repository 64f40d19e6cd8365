/** The part of the JSON Schema that conditions are: a group, or a bare list. */
import { OPERATOR_SYMBOLS } from '../../src/journey/operators';

type Json = Record<string, unknown>;

const GENERATED = /^#\/\$defs\/__schema(\d+)$/;
const CONDITIONS = '#/$defs/conditions';

/** From the schema of a group, which cannot know that a list is one, to definitions by name. */
export function renderConditionSchema(group: Json): Json {
  const { $schema: _dialect, $defs = {}, ...root } = renamed(group) as Json;
  const defs = Object.fromEntries(
    Object.entries($defs as Json).map(([name, schema]) => [nameOf(name), schema]),
  );
  const { items } = (behind(root, defs) as { properties: { conditions: Json } }).properties
    .conditions;
  return {
    ...defs,
    conditions: {
      description: root.description,
      anyOf: [
        { ...root, description: 'A group.' },
        { type: 'array', items, maxItems: 10 },
      ],
    },
  };
}

function behind(schema: Json, defs: Json): Json {
  if (typeof schema.$ref !== 'string') return schema;
  return behind(defs[schema.$ref.replace('#/$defs/', '')] as Json, defs);
}

const nameOf = (name: string): string => name.replace(/^__schema/, 'condition.');

function renamed(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) {
    const symbols = key === 'enum' && value.includes('equals') ? Object.keys(OPERATOR_SYMBOLS) : [];
    return [...value.map((item) => renamed(item)), ...symbols];
  }
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...rest } = value as Json;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([name, each]) => [name, renamed(each, name)]),
  );
  if (typeof $ref !== 'string') return inner;
  const target = key === 'filter' ? CONDITIONS : $ref.replace(GENERATED, '#/$defs/condition.$1');
  return { ...inner, $ref: target };
}
