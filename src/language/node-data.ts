/** The data of each node, checked by its node type. */
import type { Issue } from '../errors';
import type { JsonObject } from '../journey/json';
import { nodeTypes } from '../journey/nodes/index';
import { pathText, type Path } from './path';
import { didYouMean, suggestion } from './suggest';
import { issuesOf } from './zod-issues';

export interface ParsedNodes {
  /** Parsed data by the index of its node. */
  readonly data: ReadonlyMap<number, JsonObject>;
  readonly errors: Issue[];
}

interface Names {
  readonly alsoKnown: (path: Path) => Iterable<string>;
  readonly calledBy: (path: Path) => string;
  /** Further names of types, for suggestions. */
  readonly types: Iterable<string>;
}

/** Checks the data of all nodes. */
export function parseNodes(nodes: readonly unknown[], names: Names): ParsedNodes {
  const { alsoKnown, calledBy, types } = names;
  const data = new Map<number, JsonObject>();
  const errors: Issue[] = [];
  for (const [index, node] of nodes.entries()) {
    const { type, data: written } = (node ?? {}) as { type?: unknown; data?: unknown };
    if (typeof type !== 'string') continue;
    const nodeType = nodeTypes.get(type);
    if (!nodeType) {
      errors.push(unknownType(type, index, types));
      continue;
    }
    if (typeof written !== 'object' || written === null || Array.isArray(written)) continue;
    const parsed = nodeType.config.safeParse(written);
    const prefix = ['nodes', index, 'data'];
    if (parsed.success) data.set(index, parsed.data as JsonObject);
    else {
      const context = { domain: 'definition', schema: nodeType.config, input: written } as const;
      const known = (path: Path) => alsoKnown([...prefix, ...path]);
      const called = (path: Path) => calledBy([...prefix, ...path]);
      errors.push(
        ...issuesOf(parsed.error, { ...context, prefix, alsoKnown: known, calledBy: called }),
      );
    }
  }
  return { data, errors };
}

function unknownType(type: string, index: number, aliases: Iterable<string>): Issue {
  const found = suggestion(type, [...nodeTypes.keys(), ...aliases]);
  const known = [...nodeTypes.keys()].sort().join(', ');
  const message = `There is no node type "${type.slice(0, 60)}".${didYouMean(found)} Known types: ${known}.`;
  const path = pathText(['nodes', index, 'type']);
  return { code: 'definition.unknown_node_type', path, message, ...found };
}
