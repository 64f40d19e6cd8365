/**
 * From what somebody wrote to a definition that can run: JSON or a text, in any form.
 *
 * 1. Every problem is reported at once, up to some hundred, in the caller's words: paths speak of what
 *    was written, and have a line and a column where a text was written.
 * 2. The definition is null exactly when there are errors; warnings never hide one.
 * 3. Depth, size and number of nodes are bounded before anything walks the graph.
 */
import type { Issue } from '../errors';
import { type Definition, definitionSchema } from '../journey/definition';
import type { Json, JsonObject } from '../journey/json';
import { nodeTypes } from '../journey/nodes/index';
import {
  canonicalLimits,
  definitionLimits,
  inputLimits,
  MAX_BYTES_READ,
  writtenLimits,
} from './definition-limits';
import { NODE_ALIASES } from './forms/node-aliases';
import type { FoundIssue } from './findings';
import { sketchGraph } from './graph-sketch';
import { inWordsOf } from './issue-words';
import { guardJson } from './json-guard';
import { repeatsKey } from './json-keys';
import { parseNodes } from './node-data';
import { countsOthers, firstOf } from './most-issues';
import { normalize } from './normalize';
import { type Reference, templateReferences, workflowReferences } from './references';
import { withoutIgnoredFields, withoutKeyOf } from './source-fields';
import { type Path, parsePathText } from './path';
import type { WorkspaceName } from './workspace-names';
import { type UnjudgedEntry, unjudgedEntries } from './unjudged-entries';
import { patternIssues, templateIssues } from './text-problems';
import { validateGraph } from './validate-definition';
import { harvest, pathOf, placeAt, type Written, writtenAt } from './written';
import { parseYaml } from './yaml';
import type { Position, Positions } from './yaml-positions';
import { issuesOf } from './zod-issues';

export interface ParsedDefinition {
  /** What is published: every value parsed, every default filled in. */
  readonly definition: Definition | null;
  /** What is kept as the draft: as it was written, with the key it got and without ignored fields. */
  readonly source: JsonObject | null;
  readonly errors: Issue[];
  /** But for those that are known only with `workflows`, `templates` and `variables`. */
  readonly warnings: Issue[];
  /** Other workflows that it names; whether they exist is not known here. */
  readonly workflows: readonly Reference[];
  /** Stored templates that it names; whether they exist is not known here either. */
  readonly templates: readonly Reference[];
  /** Names that it reads and that variables of the workspace may give a value; which there are is not known here. */
  readonly variables: readonly WorkspaceName[];
  /** Tests of which is to be judged whether they would be let in. */
  readonly entries: readonly UnjudgedEntry[];
}

/** Parses a definition in any form, as JSON or as a text, and judges it whole. Never throws for bad input. */
export function parseDefinition(input: unknown): ParsedDefinition {
  return typeof input === 'string' ? parseDefinitionText(input) : unplaced(judge(input));
}

/** The same for YAML or JSON text; issues have line and column. */
export function parseDefinitionText(text: string): ParsedDefinition {
  const written = text.length > MAX_BYTES_READ ? null : parsedJson(text);
  return written === null ? judgeYaml(text) : judgeJson(text, written.value);
}

function judgeYaml(text: string): ParsedDefinition {
  const { value, positions, issues } = parseYaml(text);
  return issues === null ? placed(judge(value), positions) : refused(issues);
}

/** JSON is judged as the host reads it, which takes far less time than the reading for positions. */
function judgeJson(text: string, value: Json): ParsedDefinition {
  if (repeatsKey(text)) return judgeYaml(text);
  const judged = judge(value);
  const { workflows, templates, variables, entries } = judged;
  const references = [...workflows, ...templates, ...variables, ...entries].map(
    ({ issue }) => issue,
  );
  const all = [...judged.errors, ...judged.warnings, ...references];
  if (all.every(({ path }) => path === '')) return placed(judged, () => ({ line: 1, column: 1 }));
  const { positions } = parseYaml(text);
  return positions === null ? unplaced(judged) : placed(judged, positions);
}

function parsedJson(text: string): { readonly value: Json } | null {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return null;
  }
}

function placed(
  { errors, warnings, workflows, templates, variables, entries, ...rest }: Judged,
  positions: Positions,
): ParsedDefinition {
  const inOrder = (issues: readonly FoundIssue[]) =>
    issues
      .map((issue) => ({ ...withoutPlace(issue), ...positionOf(issue, positions) }))
      .sort(byPosition);
  const placedAll = <R extends { readonly issue: Issue }>(references: readonly R[]) =>
    references.map((each) => ({
      ...each,
      issue: { ...withoutPlace(each.issue), ...positionOf(each.issue, positions) },
    }));
  return {
    ...rest,
    workflows: placedAll(workflows),
    templates: placedAll(templates),
    variables: placedAll(variables),
    entries: placedAll(entries),
    errors: inOrder(errors),
    warnings: inOrder(warnings),
  };
}

function positionOf({ code, path, inText }: FoundIssue, positions: Positions) {
  const aboutTheName = code.endsWith('.unknown_field') || code.endsWith('.ignored_field');
  return positions(parsePathText(path), inText ?? (aboutTheName ? 'name' : 'value'));
}

type Placed = Issue & Position;

const byPosition = (a: Placed, b: Placed): number =>
  Number(countsOthers(a)) - Number(countsOthers(b)) || a.line - b.line || a.column - b.column;

const withoutPlace = ({ inText: _inText, ...issue }: FoundIssue): Issue => issue;

function unplaced({ errors, warnings, variables, ...rest }: Judged): ParsedDefinition {
  return {
    ...rest,
    errors: errors.map(withoutPlace),
    warnings: warnings.map(withoutPlace),
    variables: variables.map((each) => ({ ...each, issue: withoutPlace(each.issue) })),
  };
}

/** What is answered, with issues that still know which part of a text they speak of. */
type Judged = Omit<ParsedDefinition, 'errors' | 'warnings'> & {
  readonly errors: readonly FoundIssue[];
  readonly warnings: readonly FoundIssue[];
};

function judge(input: unknown): Judged {
  const large = inputLimits(input);
  const hostile = large.length > 0 ? large : guardJson(input, 'definition');
  if (hostile.length > 0) return refused(hostile);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const message = 'A definition is an object with name, trigger, nodes and edges.';
    return refused([{ code: 'definition.wrong_type', path: '', message }]);
  }
  const { source, warnings } = withoutIgnoredFields(input as JsonObject);
  const oversized = writtenLimits(source);
  if (oversized.length > 0) return refused(oversized);
  const { tree, notes } = normalize(source);
  const canonical = harvest(tree) as JsonObject;
  const grown = canonicalLimits(canonical);
  if (grown.length > 0) return refused(grown.map((issue) => inWordsOf(tree, issue)));
  const found = withinLimits(judgeCanonical(canonical, tree));
  const inWords = (issue: FoundIssue) => inWordsOf(tree, issue);
  const inWordsOfTree = <R extends { readonly issue: Issue }>(named: R): R => ({
    ...named,
    issue: inWordsOf(tree, named.issue),
  });
  // Few are answered, so few are put into words.
  const own = withoutKeyOf(source, found.errors);
  const errors = [...notes.errors, ...firstOf(own, 'errors').map(inWords)];
  return {
    definition: errors.length === 0 ? found.definition : null,
    source: errors.length === 0 ? source : null,
    errors,
    workflows: workflowReferences(found.definition).map(inWordsOfTree),
    templates: templateReferences(found.definition).map(inWordsOfTree),
    variables: found.variables.map(inWordsOfTree),
    entries: unjudgedEntries(found.definition).map(inWordsOfTree),
    warnings: [...warnings, ...notes.warnings, ...firstOf(found.warnings, 'warnings').map(inWords)],
  };
}

type JudgedAlone = Omit<Judged, 'source' | 'workflows' | 'templates' | 'entries'>;

function judgeCanonical(canonical: JsonObject, tree: Written): JudgedAlone {
  const alsoKnown = (path: Path) => namesAt(tree, path);
  const parsed = definitionSchema.safeParse(canonical);
  const fields = parsed.success
    ? []
    : issuesOf(parsed.error, {
        domain: 'definition',
        schema: definitionSchema,
        input: canonical,
        alsoKnown,
        calledBy: (path) => nameAt(tree, path),
      });
  const written = Array.isArray(canonical.nodes) ? (canonical.nodes as readonly unknown[]) : [];
  const nodes = parseNodes(written, {
    alsoKnown,
    calledBy: (path) => nameAt(tree, path),
    types: [...NODE_ALIASES].filter(([, { type }]) => nodeTypes.has(type)).map(([name]) => name),
  });
  const sketch = sketchGraph(canonical);
  const graph = validateGraph(sketch);
  const texts = [...templateIssues(sketch.nodes), ...patternIssues(canonical)];
  const errors = [...fields, ...nodes.errors, ...texts, ...graph.errors];
  const isGood = parsed.success && errors.length === 0;
  const definition = isGood ? withParsedData(parsed.data, nodes.data) : null;
  return { definition, errors, warnings: [...graph.warnings], variables: graph.variables };
}

/** The same, unless the definition is too large to be read again once it is exported. */
function withinLimits(found: JudgedAlone): JudgedAlone {
  const grown = found.definition === null ? [] : definitionLimits(found.definition);
  return grown.length === 0 ? found : { ...found, definition: null, errors: grown };
}

function namesAt(tree: Written, path: Path): Iterable<string> {
  const holder = writtenAt(tree, path);
  return holder?.kind === 'object' ? holder.alsoKnown : [];
}

function nameAt(tree: Written, path: Path): string {
  return String(pathOf(placeAt(tree, path)).at(-1) ?? '');
}

function refused(errors: Issue[]): ParsedDefinition {
  const nothing = { warnings: [], workflows: [], templates: [], variables: [], entries: [] };
  return { definition: null, source: null, errors, ...nothing };
}

function withParsedData(definition: Definition, data: ReadonlyMap<number, JsonObject>): Definition {
  const nodes = definition.nodes.map((node, index) => ({
    ...node,
    data: data.get(index) ?? node.data,
  }));
  return { ...definition, nodes };
}
