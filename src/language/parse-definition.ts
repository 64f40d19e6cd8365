/**
 * From what somebody wrote to a definition that can run: JSON or a text, in any form.
 *
 * 1. Every problem is reported at once, up to some hundred, in the caller's words: paths speak of what
 *    was written, and have a line and a column where a text was written.
 * 2. The definition is null exactly when there are errors; warnings never hide one.
 * 3. Depth, size and number of nodes are bounded before anything walks the graph.
 */
import type { Issue } from '../errors';
import { type Definition, definitionSchema, MAX_NODES } from '../journey/definition';
import type { JsonObject } from '../journey/json';
import { nodeTypes } from '../journey/nodes/index';
import { NODE_ALIASES } from './forms/node-aliases';
import type { FoundIssue } from './findings';
import { sketchGraph } from './graph-sketch';
import { inWordsOf } from './issue-words';
import { guardJson } from './json-guard';
import { parseNodes } from './node-data';
import { countsOthers, firstOf } from './most-issues';
import { normalize } from './normalize';
import { type Path, parsePathText, pathText } from './path';
import { slugOf } from './slug';
import { patternIssues, templateIssues } from './text-problems';
import { validateGraph } from './validate-definition';
import { harvest, type Written, writtenAt } from './written';
import { MAX_CHARACTERS, parseYaml } from './yaml';
import type { Position, Positions } from './yaml-positions';
import { issuesOf } from './zod-issues';

const MAX_EDGES = 1_000;
/** What is read at all; a canvas may draw triggers as nodes, which do not count. */
const MAX_NODES_READ = 2 * MAX_NODES;
const NODE_LISTS = ['nodes', 'steps', 'actions'];
/** Fields of our own answers, so that what was read can be sent back. */
const IGNORED_FIELDS = [
  'id',
  'workspaceId',
  'status',
  'version',
  'revision',
  'warnings',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
  'publishedAt',
  'archivedAt',
  'deletedAt',
];
/** Names the schema for editors; nothing to warn of. */
const SCHEMA_FIELD = '$schema';

export interface ParsedDefinition {
  /** What is published: every value parsed, every default filled in. */
  readonly definition: Definition | null;
  /** What is kept as the draft: as it was written, with the key it got and without ignored fields. */
  readonly source: JsonObject | null;
  readonly errors: Issue[];
  readonly warnings: Issue[];
  /** Other workflows that it names; whether they exist is not known here. */
  readonly workflows: readonly WorkflowReference[];
}

export interface WorkflowReference {
  readonly key: string;
  /** What to say when there is no such workflow. */
  readonly issue: Issue;
}

/** Parses a definition in any form, as JSON or as a text, and judges it whole. Never throws for bad input. */
export function parseDefinition(input: unknown): ParsedDefinition {
  return typeof input === 'string' ? parseDefinitionText(input) : unplaced(judge(input));
}

/** The same for YAML or JSON text; issues have line and column. */
export function parseDefinitionText(text: string): ParsedDefinition {
  const { value, positions, issues } = parseYaml(text);
  if (issues !== null) {
    const large = largeJson(text, issues);
    return large === undefined ? refused(issues) : unplaced(judge(large));
  }
  const { errors, warnings, ...rest } = judge(value);
  const placed = (issues: readonly FoundIssue[]) =>
    issues
      .map((issue) => ({ ...withoutPlace(issue), ...positionOf(issue, positions) }))
      .sort(byPosition);
  const workflows = rest.workflows.map(({ key, issue }) => ({
    key,
    issue: { ...issue, ...positionOf(issue, positions) },
  }));
  return { ...rest, workflows, errors: placed(errors), warnings: placed(warnings) };
}

/** JSON with more words and marks than are looked at for positions: programs write such, and read no lines. */
function largeJson(text: string, issues: readonly Issue[]): unknown {
  if (issues[0]?.code !== 'definition.too_large' || text.length > MAX_CHARACTERS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function positionOf({ code, path, inText }: FoundIssue, positions: Positions) {
  const aboutTheName = code.endsWith('.unknown_field') || code.endsWith('.ignored_field');
  return positions(parsePathText(path), inText ?? (aboutTheName ? 'name' : 'value'));
}

type Placed = Issue & Position;

const byPosition = (a: Placed, b: Placed): number =>
  Number(countsOthers(a)) - Number(countsOthers(b)) || a.line - b.line || a.column - b.column;

const withoutPlace = ({ inText: _inText, ...issue }: FoundIssue): Issue => issue;

function unplaced({ errors, warnings, ...rest }: Judged): ParsedDefinition {
  return { ...rest, errors: errors.map(withoutPlace), warnings: warnings.map(withoutPlace) };
}

/** What is answered, with issues that still know which part of a text they speak of. */
type Judged = Omit<ParsedDefinition, 'errors' | 'warnings'> & {
  readonly errors: readonly FoundIssue[];
  readonly warnings: readonly FoundIssue[];
};

function judge(input: unknown): Judged {
  const hostile = guardJson(input, 'definition');
  if (hostile.length > 0) return refused(hostile);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const message = 'A definition is an object with name, trigger, nodes and edges.';
    return refused([{ code: 'definition.wrong_type', path: '', message }]);
  }
  const { source, warnings } = withoutIgnoredFields(input as JsonObject);
  const oversized = sizeIssues(source, NODE_LISTS, MAX_NODES_READ);
  if (oversized.length > 0) return refused(oversized);
  const { tree, notes } = normalize(source);
  const canonical = harvest(tree) as JsonObject;
  const grown = sizeIssues(canonical, ['nodes'], MAX_NODES);
  if (grown.length > 0) return refused(grown.map((issue) => inWordsOf(tree, issue)));
  const found = judgeCanonical(canonical, tree);
  const inWords = (issue: FoundIssue) => inWordsOf(tree, issue);
  // Few are answered, so few are put into words.
  const errors = [...notes.errors, ...firstOf(found.errors, 'errors').map(inWords)];
  return {
    definition: errors.length === 0 ? found.definition : null,
    source: errors.length === 0 ? source : null,
    errors,
    workflows: workflowReferences(found.definition).map(({ key, issue }) => ({
      key,
      issue: inWordsOf(tree, issue),
    })),
    warnings: [...warnings, ...notes.warnings, ...firstOf(found.warnings, 'warnings').map(inWords)],
  };
}

function workflowReferences(definition: Definition | null): WorkflowReference[] {
  return (definition?.nodes ?? []).flatMap(({ type, data, id }, index) => {
    const key = nodeTypes.get(type)?.namesWorkflow?.(data);
    if (key === undefined) return [];
    const path = pathText(['nodes', index, 'data', 'workflow']);
    const message = `There is no workflow "${key}", which "${id}" names. Create it before this one is activated.`;
    return [{ key, issue: { code: 'definition.unknown_workflow', path, message } as const }];
  });
}

function judgeCanonical(
  canonical: JsonObject,
  tree: Written,
): Omit<Judged, 'source' | 'workflows'> {
  const alsoKnown = (path: Path) => namesAt(tree, path);
  const parsed = definitionSchema.safeParse(canonical);
  const fields = parsed.success
    ? []
    : issuesOf(parsed.error, {
        domain: 'definition',
        schema: definitionSchema,
        input: canonical,
        alsoKnown,
      });
  const written = Array.isArray(canonical.nodes) ? (canonical.nodes as readonly unknown[]) : [];
  const nodes = parseNodes(written, alsoKnown, NODE_ALIASES.keys());
  const sketch = sketchGraph(canonical);
  const graph = validateGraph(sketch);
  const texts = [...templateIssues(sketch.nodes), ...patternIssues(canonical)];
  const errors = [...fields, ...nodes.errors, ...texts, ...graph.errors];
  const isGood = parsed.success && errors.length === 0;
  const definition = isGood ? withParsedData(parsed.data, nodes.data) : null;
  return { definition, errors, warnings: [...graph.warnings] };
}

function namesAt(tree: Written, path: Path): Iterable<string> {
  const holder = writtenAt(tree, path);
  return holder?.kind === 'object' ? holder.alsoKnown : [];
}

function refused(errors: Issue[]): ParsedDefinition {
  return { definition: null, source: null, errors, warnings: [], workflows: [] };
}

function withoutIgnoredFields(input: JsonObject): { source: JsonObject; warnings: Issue[] } {
  const ignored = IGNORED_FIELDS.filter((field) => Object.hasOwn(input, field));
  const dropped = [...ignored, SCHEMA_FIELD];
  const kept = Object.entries(input).filter(([field]) => !dropped.includes(field));
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

function sizeIssues(input: JsonObject, nodeLists: readonly string[], most: number): Issue[] {
  const issues: Issue[] = [];
  for (const path of nodeLists) {
    const nodes = input[path];
    if (!Array.isArray(nodes) || nodes.length <= most) continue;
    const message = `A workflow has ${MAX_NODES} nodes at most; this one has ${nodes.length}. Split it into several workflows.`;
    issues.push({ code: 'definition.too_many_nodes', path, message });
  }
  const { edges } = input;
  if (Array.isArray(edges) && edges.length > MAX_EDGES) {
    const message = `A workflow has ${MAX_EDGES} edges at most; this one has ${edges.length}.`;
    issues.push({ code: 'definition.too_large', path: 'edges', message });
  }
  return issues;
}

function withParsedData(definition: Definition, data: ReadonlyMap<number, JsonObject>): Definition {
  const nodes = definition.nodes.map((node, index) => ({
    ...node,
    data: data.get(index) ?? node.data,
  }));
  return { ...definition, nodes };
}
