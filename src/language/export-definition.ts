/** A definition as a text that people read and edit; importing the text gives the same definition. */
import { type Definition, definitionSchema } from '../journey/definition';
import type { Json, JsonObject } from '../journey/json';
import { nodeTypes } from '../journey/nodes/index';
import { MAX_BYTES_READ } from './definition-limits';
import { asList, type GraphJson, type ListForm } from './export-forms';
import { readable } from './readable';
import { fieldOf } from './schema-shape';
import { escaped, yamlText } from './yaml-text';

export type DefinitionForm = 'graph' | ListForm;

export interface ExportOptions {
  readonly form: DefinitionForm;
  readonly format: 'yaml' | 'json';
}

/**
 * The text of a definition, in one of its forms. Ends with a line break. Where indentation makes it
 * longer than what can be imported, it is JSON without blanks, which is YAML too.
 */
export function exportDefinition(definition: Definition, { form, format }: ExportOptions): string {
  const graph = readableGraph(definition);
  const shaped = form === 'graph' ? graph : asList(graph, form);
  const text = format === 'json' ? `${JSON.stringify(shaped, null, 2)}\n` : yamlText(shaped);
  return Buffer.byteLength(text) <= MAX_BYTES_READ ? text : `${escaped(JSON.stringify(shaped))}\n`;
}

/** Graph form as people would write it: durations in words, defaults left out, one trigger as such. */
function readableGraph(definition: Definition): GraphJson {
  const entries = Object.entries(definition as unknown as JsonObject).flatMap(
    ([name, value]): [string, Json][] => {
      if (name === 'nodes') return [['nodes', definition.nodes.map(readableNode)]];
      const schema = fieldOf(definitionSchema, name);
      const written = schema === undefined ? value : readable(value, schema);
      if (written === undefined) return [];
      if (name !== 'triggers' || !Array.isArray(written) || written.length !== 1)
        return [[name, written]];
      return [['trigger', (written as readonly Json[])[0] ?? null]];
    },
  );
  return Object.fromEntries(entries) as unknown as GraphJson;
}

/** One node as people would write it. */
export function readableNode(node: Definition['nodes'][number]): JsonObject {
  const { data, ...rest } = node;
  const config = nodeTypes.get(node.type)?.config;
  const written = config === undefined ? data : (readable(data, config) ?? {});
  const entries = Object.entries(rest as unknown as JsonObject).flatMap(
    ([name, value]): [string, Json][] => {
      const schema = fieldOf(definitionSchema.shape.nodes.element, name);
      const field = schema === undefined ? value : readable(value, schema);
      return field === undefined ? [] : [[name, field]];
    },
  );
  return inOrder({ ...Object.fromEntries(entries), data: written });
}

/** What a node is before what it does, and that before what surrounds it. */
function inOrder(node: JsonObject): JsonObject {
  const first = ['id', 'type', 'name', 'data'].filter((name) => Object.hasOwn(node, name));
  const rest = Object.keys(node).filter((name) => !first.includes(name));
  return Object.fromEntries([...first, ...rest].map((name) => [name, node[name] ?? null]));
}
