/**
 * As much of a graph as can be read from an input that may be wrong elsewhere, so that its shape can
 * be judged in the same answer as its fields.
 */
import { nodeTypes } from '../journey/nodes/index';
import type { NodeType } from '../journey/node-type';

export interface SketchNode {
  /** Index in the written list, for paths. */
  readonly index: number;
  readonly id: string;
  /** Null when the type does not exist. */
  readonly type: NodeType | null;
  /** Configuration as it was written. */
  readonly written: unknown;
  /** Parsed configuration; null when it is not valid. */
  readonly config: { readonly value: unknown } | null;
}

export interface SketchEdge {
  readonly index: number;
  readonly source: string;
  readonly port: string;
  readonly target: string;
}

export interface GraphSketch {
  readonly nodes: readonly SketchNode[];
  readonly edges: readonly SketchEdge[];
}

/** Reads what has the shape of a node or an edge, and skips the rest (the schema reports it). */
export function sketchGraph(input: Readonly<Record<string, unknown>>): GraphSketch {
  return {
    nodes: entries(input.nodes).flatMap(sketchNode),
    edges: entries(input.edges).flatMap(sketchEdge),
  };
}

type Entry = readonly [value: Record<string, unknown>, index: number];

function entries(list: unknown): Entry[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index): Entry[] =>
    typeof item === 'object' && item !== null ? [[item as Record<string, unknown>, index]] : [],
  );
}

function sketchNode([value, index]: Entry): SketchNode[] {
  if (typeof value.id !== 'string') return [];
  const type = typeof value.type === 'string' ? (nodeTypes.get(value.type) ?? null) : null;
  const parsed = type?.config.safeParse(value.data);
  return [
    {
      index,
      id: value.id,
      type,
      written: value.data,
      config: parsed?.success ? { value: parsed.data } : null,
    },
  ];
}

function sketchEdge([value, index]: Entry): SketchEdge[] {
  const { source, target, sourceHandle: port = 'next' } = value;
  if (typeof source !== 'string' || typeof target !== 'string' || typeof port !== 'string')
    return [];
  return [{ index, source, port, target }];
}
