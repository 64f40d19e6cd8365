/** Nodes and ports that a definition names outside of edges. */
import type { Issue } from '../errors';
import { type GraphFindings, issueAt, quoted } from './findings';
import type { GraphShape } from './graph-shape';
import type { LanguageObject } from './language-objects';
import type { Path } from './path';
import { didYouMean } from './suggest';
import { suggester, suggestionBudget } from './suggester';

export interface NodeReference {
  readonly path: Path;
  readonly node: string;
  /** A port that the node must have. */
  readonly port?: { readonly path: Path; readonly name: string };
}

/**
 * Every node named in conditions and waits: `since: { node }`, and `{ type: step, node, port }`.
 * These mean a node wherever they occur, whatever the node type.
 */
export function nodeReferences(objects: readonly LanguageObject[]): readonly NodeReference[] {
  return objects.flatMap(({ path, value }) => {
    const { type, node, port, since } = value;
    const here: NodeReference[] = [];
    if (typeof type === 'string' && type.toLowerCase() === 'step' && typeof node === 'string') {
      const named =
        typeof port === 'string' ? { port: { path: [...path, 'port'], name: port } } : {};
      here.push({ path: [...path, 'node'], node, ...named });
    }
    const sinceNode =
      typeof since === 'object' && since !== null ? (since as { node?: unknown }).node : undefined;
    if (typeof sinceNode === 'string')
      here.push({ path: [...path, 'since', 'node'], node: sinceNode });
    return here;
  });
}

/** Jumps of nodes, by the field that names the target. */
export function jumpReferences({ sketch }: GraphShape): readonly NodeReference[] {
  return sketch.nodes.flatMap(({ index, jump, written }) => {
    if (jump === null || jump === 'end') return [];
    const entries = Object.entries((written ?? {}) as Record<string, unknown>);
    const field = entries.find(([, value]) => value === jump)?.[0];
    const path = ['nodes', index, 'data', ...(field === undefined ? [] : [field])];
    return [{ path, node: jump }];
  });
}

/** References looked at; tests may have any number of them. */
const MOST_REFERENCES = 1_000;

/** References to nodes that do not exist, or to ports that they do not have. */
export function brokenReferences(
  shape: GraphShape,
  references: readonly NodeReference[],
): readonly Issue[] {
  const budget = suggestionBudget();
  const suggest = suggester(shape.nodes.keys(), budget);
  return references.slice(0, MOST_REFERENCES).flatMap(({ path, node: id, port }): Issue[] => {
    const node = shape.nodes.get(id);
    if (node === undefined) return [unknownNode(id, path, suggest(id))];
    if (port === undefined || node.ports === null) return [];
    const known = [...node.ports, 'error'];
    if (known.includes(port.name)) return [];
    const found = suggester(known, budget)(port.name);
    const message = `${quoted([id])} never leaves by ${quoted([port.name])}; it has ${quoted(known)}.${didYouMean(found)}`;
    return [issueAt('definition.unknown_port', port.path, message, found)];
  });
}

/** The issue about a name that no node has; `found` is what a suggester answered. */
export function unknownNode(id: string, path: Path, found: { suggestion?: string }): Issue {
  const message = `There is no node ${quoted([id])}.${didYouMean(found)}`;
  return issueAt('definition.unknown_node', path, message, found);
}

const ASKS_THE_PAST = new Set(['event', 'step']);

/** What a trigger judges an event without: nobody has entered yet, and settings are read for those who may. */
const NOT_AT_TRIGGERS = new Set(['variables', 'enrollment', 'workspace']);

/** Filters look at one event, so they cannot ask what else happened, and those of triggers not what else there is. */
export function uselessInFilters(objects: readonly LanguageObject[]): GraphFindings {
  const warnings = objects.flatMap((object): Issue[] => {
    const { path } = object;
    if (!path.includes('filter')) return [];
    const message = pastInFilter(object) ?? nameInTrigger(object);
    return message === null ? [] : [issueAt('definition.condition_in_filter', path, message)];
  });
  return { errors: [], warnings };
}

function pastInFilter({ value }: LanguageObject): string | null {
  const type = typeof value.type === 'string' ? value.type.toLowerCase() : '';
  return ASKS_THE_PAST.has(type)
    ? `A filter looks at one event and the contact, so a condition of the type "${type}" is always false in it. Ask in a condition node instead.`
    : null;
}

function nameInTrigger({ path, value: { field } }: LanguageObject): string | null {
  const [root, ...rest] = typeof field === 'string' ? field.split('.') : [];
  const isAtTrigger = path[0] === 'trigger' || path[0] === 'triggers';
  if (!isAtTrigger || rest.length === 0 || !NOT_AT_TRIGGERS.has(root ?? '')) return null;
  return `The filter of a trigger looks at one event and the contact, so ${quoted([String(field)])} has no value in it. Ask in "settings.enrollment.entryWhen" instead.`;
}
