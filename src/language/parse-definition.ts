/**
 * From JSON that somebody wrote to a definition that can run.
 *
 * 1. Every problem is reported at once, in the caller's words: paths speak of what was written.
 * 2. The definition is null exactly when there are errors; warnings never hide one.
 * 3. Depth, size and number of nodes are bounded before anything walks the graph.
 */
import type { Issue } from '../errors';
import { type Definition, definitionSchema, MAX_NODES } from '../journey/definition';
import type { JsonObject } from '../journey/json';
import { nodeTypes } from '../journey/nodes/index';
import { sketchGraph } from './graph-sketch';
import { guardJson } from './json-guard';
import { pathText } from './path';
import { slugOf } from './slug';
import { didYouMean, suggestion } from './suggest';
import { patternIssues, templateIssues } from './text-problems';
import { validateGraph } from './validate-definition';
import { issuesOf } from './zod-issues';

const MAX_EDGES = 1_000;
/** Fields of our own answers, so that what was read can be sent back. */
const IGNORED_FIELDS = ['id', 'status', 'version', 'createdAt', 'updatedAt'];

export interface ParsedDefinition {
  /** What is published: every value parsed, every default filled in. */
  readonly definition: Definition | null;
  /** What is kept as the draft: as it was written, with the key it got and without ignored fields. */
  readonly source: JsonObject | null;
  readonly errors: Issue[];
  readonly warnings: Issue[];
}

/** Parses a definition in graph form and judges it whole. Never throws for bad input. */
export function parseDefinition(input: unknown): ParsedDefinition {
  const hostile = guardJson(input, 'definition');
  if (hostile.length > 0) return refused(hostile);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refused([
      {
        code: 'definition.wrong_type',
        path: '',
        message: 'A definition is an object with name, trigger, nodes and edges.',
      },
    ]);
  }
  const { source, warnings } = withoutIgnoredFields(input as JsonObject);
  const oversized = sizeIssues(source);
  if (oversized.length > 0) return refused(oversized);
  const envelope = parseEnvelope(source);
  const nodes = parseNodes(source);
  const sketch = sketchGraph(source);
  const graph = validateGraph(sketch);
  const texts = [...templateIssues(sketch.nodes), ...patternIssues(source)];
  const errors = [...envelope.errors, ...nodes.errors, ...texts, ...graph.errors];
  const definition =
    envelope.definition && errors.length === 0
      ? withParsedData(envelope.definition, nodes.data)
      : null;
  return {
    definition,
    source: definition && source,
    errors,
    warnings: [...warnings, ...graph.warnings],
  };
}

function refused(errors: Issue[]): ParsedDefinition {
  return { definition: null, source: null, errors, warnings: [] };
}

function withoutIgnoredFields(input: JsonObject): { source: JsonObject; warnings: Issue[] } {
  const ignored = IGNORED_FIELDS.filter((field) => Object.hasOwn(input, field));
  const kept = Object.entries(input).filter(([field]) => !ignored.includes(field));
  const warnings = ignored.map(
    (field): Issue => ({
      code: 'definition.ignored_field',
      path: field,
      message: `"${field}" is given by Throughline and ignored on input.`,
    }),
  );
  const source: JsonObject = Object.fromEntries(kept);
  const needsKey = !Object.hasOwn(source, 'key') && typeof source.name === 'string';
  return {
    source: needsKey ? { key: slugOf(source.name as string), ...source } : source,
    warnings,
  };
}

function sizeIssues({ nodes, edges }: JsonObject): Issue[] {
  const issues: Issue[] = [];
  if (Array.isArray(nodes) && nodes.length > MAX_NODES) {
    const message = `A workflow has ${MAX_NODES} nodes at most; this one has ${nodes.length}. Split it into several workflows.`;
    issues.push({ code: 'definition.too_many_nodes', path: 'nodes', message });
  }
  if (Array.isArray(edges) && edges.length > MAX_EDGES) {
    const message = `A workflow has ${MAX_EDGES} edges at most; this one has ${edges.length}.`;
    issues.push({ code: 'definition.too_large', path: 'edges', message });
  }
  return issues;
}

/** The schema knows a list of triggers; `trigger` is the list of one. */
function parseEnvelope(source: JsonObject): { definition: Definition | null; errors: Issue[] } {
  const { trigger, ...rest } = source;
  if (trigger !== undefined && source.triggers !== undefined) {
    const message = 'Give either "trigger" or "triggers", not both.';
    return {
      definition: null,
      errors: [{ code: 'definition.wrong_value', path: 'triggers', message }],
    };
  }
  const isList = source.triggers !== undefined;
  const input = isList
    ? source
    : { ...rest, ...(trigger === undefined ? {} : { triggers: [trigger] }) };
  const parsed = definitionSchema.safeParse(input);
  if (parsed.success) return { definition: parsed.data, errors: [] };
  const errors = issuesOf(parsed.error, { domain: 'definition', schema: definitionSchema, input });
  return { definition: null, errors: isList ? errors : errors.map(inWordsOfOneTrigger) };
}

function inWordsOfOneTrigger(issue: Issue): Issue {
  return { ...issue, path: issue.path.replace(/^triggers(\[0\])?/, 'trigger') };
}

/** Checks each node's `data` by its type; the parsed data by the node's index. */
function parseNodes(source: JsonObject): {
  data: ReadonlyMap<number, JsonObject>;
  errors: Issue[];
} {
  const data = new Map<number, JsonObject>();
  const errors: Issue[] = [];
  const nodes = Array.isArray(source.nodes) ? (source.nodes as readonly unknown[]) : [];
  for (const [index, node] of nodes.entries()) {
    const { type, data: written } = (node ?? {}) as { type?: unknown; data?: unknown };
    if (typeof type !== 'string') continue;
    const nodeType = nodeTypes.get(type);
    if (!nodeType) {
      errors.push(unknownType(type, index));
      continue;
    }
    if (typeof written !== 'object' || written === null || Array.isArray(written)) continue;
    const parsed = nodeType.config.safeParse(written);
    if (parsed.success) data.set(index, parsed.data as JsonObject);
    else {
      const prefix = ['nodes', index, 'data'];
      errors.push(
        ...issuesOf(parsed.error, {
          domain: 'definition',
          schema: nodeType.config,
          input: written,
          prefix,
        }),
      );
    }
  }
  return { data, errors };
}

function unknownType(type: string, index: number): Issue {
  const found = suggestion(type, nodeTypes.keys());
  const known = [...nodeTypes.keys()].sort().join(', ');
  const message = `There is no node type "${type.slice(0, 60)}".${didYouMean(found)} Known types: ${known}.`;
  return {
    code: 'definition.unknown_node_type',
    path: pathText(['nodes', index, 'type']),
    message,
    ...found,
  };
}

function withParsedData(definition: Definition, data: ReadonlyMap<number, JsonObject>): Definition {
  const nodes = definition.nodes.map((node, index) => ({
    ...node,
    data: data.get(index) ?? node.data,
  }));
  return { ...definition, nodes };
}
