/** The text of docs/definition.schema.json: what editors complete and check while a definition is written. */
import { z } from 'zod';
import { conditionGroup } from '../../src/journey/condition';
import { definitionSchema } from '../../src/journey/definition';
import { duration } from '../../src/journey/duration';
import type { NodeType } from '../../src/journey/node-type';
import { isA } from '../../src/language/schema-shape';
import { renderConditionSchema } from './condition-schema';
import { inputSchema } from './input-schema';

type Json = Record<string, unknown>;
interface ObjectSchema extends Json {
  readonly properties: Readonly<Record<string, Json>>;
}

const DESCRIPTION =
  'A workflow, as nodes and edges, as steps, or as actions. Names are the canonical ones; Throughline reads others beside them.';

const ref = (name: string): Json => ({ $ref: `#/$defs/${name}` });
const ids: Json = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
const described = (description: string, schema: Json): Json => ({ description, ...schema });

/** What a node of each form says of where it leads. */
const WAYS: Readonly<Record<string, Json>> = {
  node: {},
  step: {
    next: described('The step behind this one: the next in the list when absent, none when null.', {
      type: ['string', 'null'],
    }),
    branches: described('Where other ports lead: a step, or `end`, by port.', {
      type: 'object',
      additionalProperties: ids,
    }),
  },
  action: {
    onSuccess: described('What comes behind it, one after the other.', ids),
    onFailure: described('What comes behind it when it fails for good.', ids),
    trueBranch: described('What comes when the condition holds.', ids),
    falseBranch: described('What comes when the condition does not hold.', ids),
    branches: described('Where other ports lead, by the id of the branch.', {
      type: 'array',
      items: {
        type: 'object',
        properties: { id: { type: 'string' }, actions: ids },
        required: ['id'],
      },
    }),
  },
};

/** The schema as JSON, with all node types. */
export function renderDefinitionSchema(types: readonly NodeType[]): string {
  const sorted = [...types].sort((a, b) => (a.type < b.type ? -1 : 1));
  const configs = z.object(Object.fromEntries(sorted.map(({ type, config }) => [type, config])));
  // Written in one go, so that the names of what they share do not clash.
  const written = jsonSchema(z.object({ definition: definitionSchema, configs })) as ObjectSchema;
  const { definition, configs: data } = written.properties as Record<string, ObjectSchema>;
  if (definition === undefined || data === undefined) throw new Error('A part is missing.');
  const { nodes, triggers, key, ...rest } = definition.properties;
  const node = nodes?.items as ObjectSchema;
  const schema = {
    $schema: written.$schema,
    title: 'Throughline workflow',
    description: DESCRIPTION,
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      key: key ?? {},
      ...rest,
      trigger: described('What enrolls a contact.', (triggers?.items as Json) ?? {}),
      triggers: triggers ?? {},
      ...listsOf(nodes ?? {}),
    },
    required: ['name'],
    allOf: [
      { oneOf: [{ required: ['trigger'] }, { required: ['triggers'] }] },
      {
        oneOf: [
          { required: ['nodes', 'edges'] },
          { required: ['steps'] },
          { required: ['actions'] },
        ],
      },
    ],
    additionalProperties: false,
    $defs: {
      ...nodeDefs(node, sorted),
      ...Object.fromEntries(
        sorted.map(({ type }) => [`data.${type}`, data.properties[type] ?? {}]),
      ),
      ...renderConditionSchema(jsonSchema(conditionGroup, false)),
      duration: withoutDialect(jsonSchema(duration, false)),
      ...(written.$defs as Json),
    },
  };
  return `${JSON.stringify(schema, null, 1)}\n`;
}

function listsOf(nodes: Json): Json {
  const list = (name: string) => ({ ...nodes, items: ref(name) });
  return { nodes: list('node'), steps: list('step'), actions: list('action') };
}

/** A node, a step and an action: what all have, and their settings by the type. */
function nodeDefs(node: ObjectSchema, types: readonly NodeType[]): Json {
  const { data: _data, type: _type, ...common } = node.properties;
  const type = {
    anyOf: [
      ...types.map((each) => ({ const: each.type, description: each.summary })),
      { type: 'string', description: 'Another name of a node type.' },
    ],
  };
  return Object.fromEntries(
    Object.entries(WAYS).map(([form, ways]) => {
      const settings = form === 'node' ? 'data' : 'config';
      const properties = { ...common, type, [settings]: { type: 'object' }, ...ways };
      const allOf = types.map((each) => byType(each, settings));
      const required = ['id', 'type'];
      return [form, { type: 'object', properties, required, allOf, additionalProperties: false }];
    }),
  );
}

function byType({ type, config }: NodeType, settings: string): Json {
  const mayBeAbsent = config.safeParse({}).success;
  return {
    if: { properties: { type: { const: type } } },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema calls it so.
    then: {
      properties: { [settings]: ref(`data.${type}`) },
      ...(mayBeAbsent ? {} : { required: [settings] }),
    },
  };
}

function jsonSchema(schema: z.ZodType, shared = true): Json {
  return inputSchema(schema, ({ zodSchema, jsonSchema: written }) => {
    const here = zodSchema as unknown as z.ZodType;
    const isDuration = isA(here, duration);
    const isGroup = isA(here, conditionGroup);
    if (!(isDuration || isGroup) || (!shared && schema === here)) return;
    for (const key of Object.keys(written)) if (key !== 'description') delete written[key];
    Object.assign(written, ref(isDuration ? 'duration' : 'conditions'));
  });
}

function withoutDialect({ $schema: _dialect, ...rest }: Json): Json {
  return rest;
}
