/**
 * As much of a definition as can be read from an input that may be wrong elsewhere, so that its shape
 * can be judged in the same answer as its fields.
 */
import { nodeTypes } from '../journey/nodes/index';
import { type NodeType, portsOf } from '../journey/node-type';

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
  /** Its own ports, `error` aside; null when they cannot be known. */
  readonly ports: readonly string[] | null;
  /** The node that it leads to without an edge. */
  readonly jump: string | null;
  /** Whether it may be skipped on arrival. */
  readonly skippable: boolean;
  /** What is written beside the configuration: `executeIf`, `retry`, `timeout`. */
  readonly envelope: Readonly<Record<string, unknown>>;
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
  /** The whole input, for what stands around the graph. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Reads what has the shape of a node or an edge, and skips the rest (the schema reports it). */
export function sketchGraph(input: Readonly<Record<string, unknown>>): GraphSketch {
  return {
    nodes: objectsIn(input.nodes).flatMap(sketchNode),
    edges: objectsIn(input.edges).flatMap(sketchEdge),
    input,
  };
}

type Entry = readonly [value: Record<string, unknown>, index: number];

/** The objects of a list that somebody wrote, with their places; nothing where it is no list. */
export function objectsIn(list: unknown): readonly Entry[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index): Entry[] =>
    typeof item === 'object' && item !== null ? [[item as Record<string, unknown>, index]] : [],
  );
}

function sketchNode([value, index]: Entry): SketchNode[] {
  if (typeof value.id !== 'string') return [];
  const type = typeof value.type === 'string' ? (nodeTypes.get(value.type) ?? null) : null;
  const parsed = type?.config.safeParse(value.data);
  const config = parsed?.success ? { value: parsed.data } : null;
  return [
    {
      index,
      id: value.id,
      type,
      written: value.data,
      config,
      ports: type === null ? null : portsKnown(type, config),
      jump: (config && type?.jumpsTo?.(config.value)) ?? null,
      skippable: value.executeIf !== undefined,
      envelope: value,
    },
  ];
}

function portsKnown(type: NodeType, config: SketchNode['config']): readonly string[] | null {
  if (typeof type.ports !== 'function') return type.ports;
  return config === null ? null : portsOf(type, config.value);
}

function sketchEdge([value, index]: Entry): SketchEdge[] {
  const { source, target, sourceHandle: port = 'next' } = value;
  if (typeof source !== 'string' || typeof target !== 'string' || typeof port !== 'string')
    return [];
  return [{ index, source, port, target }];
}
