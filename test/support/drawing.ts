/** A graph while it is drawn, node by node. */
import { portsOf } from '../../src/journey/node-type';
import { nodeTypes } from '../../src/journey/nodes/index';
import type { Json, JsonObject } from '../../src/journey/json';
import type { RandomNode } from './random-configs';

interface DrawnNode extends RandomNode {
  readonly id: string;
  /** How many joined forks stand around it. */
  readonly depth: number;
  readonly more: object;
}

export interface DrawnGraph {
  /** The definition with these goals and settings; `#3` in a text becomes the id of some node. */
  definition(goals: readonly object[], settings: object): JsonObject;
}

export class Drawing {
  readonly #nodes = new Map<string, DrawnNode>();
  readonly #edges: { source: string; sourceHandle: string; target: string }[] = [];

  add(node: RandomNode, depth: number, more: object = {}): string {
    const id = `${node.type.replaceAll('_', '-')}-${this.#nodes.size + 1}`;
    this.#nodes.set(id, { ...node, id, depth, more });
    return id;
  }

  edge(source: string, sourceHandle: string, target: string): void {
    this.#edges.push({ source, sourceHandle, target });
  }

  portsOf(id: string): readonly string[] {
    const node = this.#nodes.get(id);
    const type = nodeTypes.get(node?.type ?? '');
    if (node === undefined || type === undefined) throw new Error(`Nothing was drawn as "${id}".`);
    return portsOf(type, type.config.parse(placed(node.data as Json, ['any'])));
  }

  /** The nodes that a path from `entry` reaches, in that order. */
  from(entry: string): DrawnGraph {
    const reached = [...this.#reached(entry)].flatMap((id) => this.#nodes.get(id) ?? []);
    const ids = reached.map(({ id }) => id);
    const outside = reached.filter(({ depth }) => depth === 0).map(({ id }) => id);
    const edges = this.#edges.filter(({ source }) => ids.includes(source));
    return {
      definition: (goals, settings) => ({
        key: 'random',
        name: 'Random',
        trigger: { type: 'manual' },
        nodes: reached.map(({ id, type, data, more }) =>
          placed({ id, type, data: data as JsonObject, ...more }, ids),
        ),
        edges: [{ source: 'trigger', target: entry }, ...edges],
        goals: goals.map((goal, index) => {
          const { onAchieved, ...rest } = goal as { onAchieved: Json };
          // A path that a goal moves must not stand before a join.
          const where = { onAchieved: placed(onAchieved, outside) };
          return { id: `goal-${index}`, ...(placed(rest, ids) as JsonObject), ...where };
        }),
        settings: settings as JsonObject,
      }),
    };
  }

  #reached(entry: string): ReadonlySet<string> {
    const seen = new Set([entry]);
    for (const id of seen) {
      for (const { source, target } of this.#edges) if (source === id) seen.add(target);
      const target = (this.#nodes.get(id)?.data as { target?: string } | undefined)?.target;
      if (this.#nodes.get(id)?.type === 'go_to' && target !== undefined) seen.add(target);
    }
    return seen;
  }
}

/** The value with an id in place of every `#<number>`. */
function placed(value: Json, ids: readonly string[]): Json {
  if (typeof value === 'string') {
    const index = /^#(\d+)$/.exec(value)?.[1];
    return index === undefined ? value : (ids[Number(index) % ids.length] ?? value);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => placed(item, ids));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, placed(item, ids)]));
}
