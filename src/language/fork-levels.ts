/**
 * Which nodes stand inside which fork, innermost, and which joins close it.
 *
 * Owns: matching forks with joins along every path. Does not own: complaints (check-forks.ts).
 *
 * 1. A node stands at a level: inside a fork, or outside of all (`top`). It may stand at several.
 * 2. A join closes the level it stands at; what follows it stands at each level that holds the fork.
 *    So paths into a fork and out of its joins match, however deeply forks are nested, and a fork that
 *    leads to itself needs no endless stack.
 * 3. A join at the top closes nothing; what follows it stays there.
 */
import type { GraphShape, SketchWay } from './graph-shape';
import type { SketchNode } from './graph-sketch';

export interface Level {
  /** Null outside of all forks. */
  readonly fork: SketchNode | null;
  readonly inner: Set<string>;
  /** Ids of the joins that stand at this level. */
  readonly closers: Set<string>;
  /** The levels that the fork itself stands at. */
  readonly holders: Set<Level>;
  /** Ids of the joins behind which paths go on at this level. */
  readonly left: Set<string>;
}

export interface ForkLevels {
  readonly top: Level;
  /** By the id of the fork. */
  readonly forks: ReadonlyMap<string, Level>;
  /** Lets paths begin at a node as well, outside of all forks. */
  enter(id: string): void;
}

/** The levels of all nodes that paths from the entry reach. */
export function forkLevels(shape: GraphShape): ForkLevels {
  const top = levelOf(null);
  const forks = new Map<string, Level>();
  const queue: (readonly [Level, string])[] = [];
  const place = (level: Level, id: string) => {
    if (level.inner.has(id)) return;
    level.inner.add(id);
    queue.push([level, id]);
  };
  const follow = (level: Level, ways: readonly SketchWay[]) => {
    for (const { target } of ways) place(level, target);
  };
  /** What a join leads to stands at a level once, however many forks it closes there. */
  const leave = (level: Level, closer: string) => {
    if (level.left.has(closer)) return;
    level.left.add(closer);
    follow(level, shape.ways(closer));
  };
  const openFork = (level: Level, node: SketchNode) => {
    const inside = forks.get(node.id) ?? levelOf(node);
    forks.set(node.id, inside);
    const [branches, others] = branchesOf(node, shape.ways(node.id));
    follow(inside, branches);
    follow(level, others);
    if (inside.holders.has(level)) return;
    inside.holders.add(level);
    for (const closer of inside.closers) leave(level, closer);
  };
  const close = (level: Level, id: string) => {
    level.closers.add(id);
    for (const holder of level.fork === null ? [level] : level.holders) leave(holder, id);
  };
  const drain = () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [level, id] = next;
      const node = shape.nodes.get(id);
      if (node?.type?.joins !== undefined) close(level, id);
      else if (node?.type?.forks) openFork(level, node);
      else follow(level, shape.ways(id));
    }
  };
  const enter = (id: string) => {
    place(top, id);
    drain();
  };
  if (shape.entry !== null) enter(shape.entry);
  return { top, forks, enter };
}

const levelOf = (fork: SketchNode | null): Level => ({
  fork,
  inner: new Set(),
  closers: new Set(),
  holders: new Set(),
  left: new Set(),
});

/** The ways that are travelled at once, and the others, such as `error`. */
export function branchesOf(
  { ports }: SketchNode,
  ways: readonly SketchWay[],
): readonly [branches: readonly SketchWay[], others: readonly SketchWay[]] {
  const isBranch = ({ port }: SketchWay) =>
    ports === null ? port !== 'error' : ports.includes(port);
  return [ways.filter(isBranch), ways.filter((way) => !isBranch(way))];
}
