/**
 * How large a definition may be.
 *
 * 1. One rule, about values: a text, a number, a list or an object is one, whatever the form or format.
 * 2. What is judged is the definition with every default filled in, which no export is larger than. What
 *    may be read is a little more, so whatever can be imported can be exported and imported again.
 * 3. Each bound is looked at before the work that it bounds.
 */
import type { Issue } from '../errors';
import type { Definition } from '../journey/definition';
import { MAX_NODES } from '../journey/definition';
import type { JsonObject } from '../journey/json';
import { issueAt } from './findings';
import { countValues, guardJson } from './json-guard';
import { objectsInside } from './language-objects';
import type { Path } from './path';

/** Values of a definition, tests and defaults included. */
const MAX_VALUES = 10_000;
/** Values that are read: shorthands and names of edges may make a form a little larger than the definition. */
export const MAX_VALUES_READ = 12_000;
/** Bytes of a definition as JSON without blanks. */
const MAX_BYTES = 900_000;
/** Bytes of a text or body that is read. */
export const MAX_BYTES_READ = 1_000_000;
const MAX_EDGES = 1_000;
/** What is read at all; a canvas may draw triggers as nodes, which do not count. */
const MAX_NODES_READ = 2 * MAX_NODES;
const NODE_LISTS = ['nodes', 'steps', 'actions'];
/** Conditions of one group with all that it nests, and of all groups. */
const MAX_CONDITIONS_NESTED = 200;
const MAX_CONDITIONS = 1_000;
/** Where conditions stand. */
const CONDITIONED = ['trigger', 'triggers', 'nodes', 'goals', 'settings'];

/** What is too much of an input, whatever it is; nothing else need look at it then. */
export function inputLimits(input: unknown): Issue[] {
  return countValues(input, MAX_VALUES_READ) > MAX_VALUES_READ ? [tooManyValues()] : [];
}

/** What is too much of a definition as it was written, before it is brought to the canonical form. */
export function writtenLimits(source: JsonObject): Issue[] {
  return [...inputLimits(source), ...graphLimits(source, NODE_LISTS, MAX_NODES_READ)];
}

/** What is too much of a canonical form that no schema has seen. */
export function canonicalLimits(canonical: JsonObject): Issue[] {
  const issues = graphLimits(canonical, ['nodes'], MAX_NODES);
  if (issues.length > 0) return issues;
  if (countValues(canonical, MAX_VALUES) > MAX_VALUES) return [tooManyValues()];
  return conditionLimits(canonical);
}

/** What is too much of a definition that is good otherwise: it could not be read again. */
export function definitionLimits(definition: Definition): Issue[] {
  if (countValues(definition, MAX_VALUES) > MAX_VALUES) return [tooManyValues()];
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes <= MAX_BYTES) return guardJson(definition, 'definition');
  const message = `A definition has ${MAX_BYTES} bytes at most, written as JSON; this one has ${bytes}. Move long texts out of it, or split it into several workflows.`;
  return [issueAt('definition.too_large', [], message)];
}

function tooManyValues(): Issue {
  const message = `A definition has ${MAX_VALUES} values at most, tests and defaults included; each text, number, list and object counts. Split it into several workflows.`;
  return issueAt('definition.too_large', [], message);
}

function graphLimits(input: JsonObject, nodeLists: readonly string[], most: number): Issue[] {
  const issues: Issue[] = [];
  for (const name of nodeLists) {
    const nodes = input[name];
    if (!Array.isArray(nodes) || nodes.length <= most) continue;
    const message = `A workflow has ${MAX_NODES} nodes at most; this one has ${nodes.length}. Split it into several workflows.`;
    issues.push(issueAt('definition.too_many_nodes', [name], message));
  }
  const { edges } = input;
  if (Array.isArray(edges) && edges.length > MAX_EDGES) {
    const message = `A workflow has ${MAX_EDGES} edges at most; this one has ${edges.length}.`;
    issues.push(issueAt('definition.too_large', ['edges'], message));
  }
  return issues;
}

function conditionLimits(canonical: JsonObject): Issue[] {
  const counts = CONDITIONED.flatMap((name) => conditionsIn(canonical[name], [name]));
  const together = counts.reduce((sum, { conditions }) => sum + conditions, 0);
  const issues = counts
    .filter(({ conditions }) => conditions > MAX_CONDITIONS_NESTED)
    .map(({ path, conditions }) =>
      issueAt(
        'definition.too_many_conditions',
        path,
        `A group has ${MAX_CONDITIONS_NESTED} conditions at most, with those of the groups inside it; this one has ${conditions}. Compare with a list ("in"), or ask in several steps.`,
      ),
    );
  if (together <= MAX_CONDITIONS) return issues;
  const message = `A definition has ${MAX_CONDITIONS} conditions at most; this one has ${together}. Split it into several workflows.`;
  return [issueAt('definition.too_many_conditions', [], message), ...issues];
}

interface Counted {
  /** Of the outermost group. */
  readonly path: Path;
  conditions: number;
}

/** The outermost groups, with how many conditions stand in each; a group of nothing counts as one. */
function conditionsIn(value: unknown, start: Path): readonly Counted[] {
  const counts: Counted[] = [];
  for (const { path, value: holder } of objectsInside(value, start)) {
    const { conditions } = holder;
    if (!Array.isArray(conditions)) continue;
    const own = conditions.filter((entry) => !isGroup(entry)).length;
    const outer = counts.at(-1);
    if (outer === undefined || !startsWith(path, outer.path)) counts.push({ path, conditions: 0 });
    const count = counts.at(-1);
    if (count !== undefined) count.conditions += conditions.length === 0 ? 1 : own;
  }
  return counts;
}

const isGroup = (entry: unknown): boolean =>
  typeof entry === 'object' && entry !== null && Object.hasOwn(entry, 'conditions');

const startsWith = (path: Path, start: Path): boolean =>
  start.every((part, index) => part === path[index]);
