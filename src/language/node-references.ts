/** Nodes that a piece of configuration names outside of edges. */
import type { Path } from './path';

export interface NodeReference {
  readonly path: Path;
  readonly node: string;
}

/**
 * Every node named in parsed configuration: `since: { node }`, and `{ type: step, node }` of conditions.
 * These mean a node wherever they occur, whatever the node type.
 */
export function nodeReferences(value: unknown, path: Path = []): NodeReference[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item, index) => nodeReferences(item, [...path, index]));
  const here: NodeReference[] = [];
  const { type, node, since } = value as { type?: unknown; node?: unknown; since?: unknown };
  if (type === 'step' && typeof node === 'string') here.push({ path: [...path, 'node'], node });
  const sinceNode =
    typeof since === 'object' && since !== null ? (since as { node?: unknown }).node : null;
  if (typeof sinceNode === 'string')
    here.push({ path: [...path, 'since', 'node'], node: sinceNode });
  const inner = Object.entries(value).flatMap(([key, child]) =>
    nodeReferences(child, [...path, key]),
  );
  return [...here, ...inner];
}
