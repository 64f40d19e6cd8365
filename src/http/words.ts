/** Names of nodes and workflows as sentences take them. */
import type { Graph } from '../journey/graph';

export const quoted = (name: string): string => `"${name}"`;

/** How a sentence names a node where it says itself what is done there. */
export const nameOf = (graph: Graph | null, nodeId: string): string =>
  quoted(graph?.has(nodeId) === true ? graph.node(nodeId).label : nodeId);

/** How a sentence names a node: by its name and what it does there. */
export function placeOf(graph: Graph | null, nodeId: string): string {
  if (graph === null || !graph.has(nodeId)) return quoted(nodeId);
  const { type, config, label } = graph.node(nodeId);
  const does = type.label?.(config, label) ?? '';
  if (does.includes(quoted(label))) return does;
  return does === '' ? quoted(label) : `${quoted(label)} (${inSentence(does)})`;
}

/** Words that began a sentence, within one; an abbreviation stays as it is. */
export function inSentence(words: string): string {
  const inner = words.replace(/\.$/, '');
  return /^\p{Lu}\p{Ll}/u.test(inner) || inner.startsWith('A ')
    ? inner.charAt(0).toLowerCase() + inner.slice(1)
    : inner;
}

/** "a", "a and b", "a, b and c". */
export function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** "1 message", "2 messages". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
