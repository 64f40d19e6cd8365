/**
 * Where a path could run in circles without ever waiting.
 *
 * A cycle may spin when each of its steps can be taken in no time. Steps that take time are left out of
 * the graph first; what still leads back to itself can spin:
 * 1. A node that takes time leads on quickly only when it can be skipped, by `next`.
 * 2. A wait for an event that a node of the same cycle records takes no time but on its way out of time.
 * 3. A join takes time where it must wait for a branch that does. Joins are taken for quick until that
 *    is shown, so a cycle of waits that lean on each other counts as one without a wait.
 */
import { branchesOf, type ForkLevels } from './fork-levels';
import { type GraphShape, reachableBy, type SketchWay } from './graph-shape';
import type { SketchNode } from './graph-sketch';

/**
 * Groups of nodes that lie on common cycles in which no visit need take time. Without levels, because forks
 * and joins do not match, every join is taken to wait.
 */
export function spinningGroups(
  shape: GraphShape,
  levels: ForkLevels | null,
): readonly SketchNode[][] {
  const joins = [...shape.nodes.values()].filter(({ type }) => type?.joins !== undefined);
  const slow = new Set(levels === null ? joins.map(({ id }) => id) : []);
  const fed = portsFed(shape);
  const quick = (id: string) => quickWays(shape, slow, fed, id).map(({ target }) => target);
  for (;;) {
    const groups = cyclesOf(shape, quick);
    const mayLean = groups.some((group) => group.some(({ type }) => type?.joins !== undefined));
    if (!mayLean || levels === null) return groups;
    const found = joins.filter(
      (join) => !slow.has(join.id) && takesBranchTime(shape, levels, join, quick),
    );
    if (found.length === 0) return groups;
    for (const { id } of found) slow.add(id);
  }
}

/** A node whose type or configuration is not known is taken to wait: that mistake is reported elsewhere. */
export function takesTime({ type, config }: SketchNode): boolean {
  if (type === null) return true;
  if (config === null) return type.takesTime !== undefined || type.joins !== undefined;
  return type.takesTime?.(config.value) ?? false;
}

type Fed = ReadonlyMap<string, ReadonlySet<string>>;

/** By node, the ports that an event recorded on a common cycle may take in no time. */
function portsFed(shape: GraphShape): Fed {
  const targets = (id: string) => shape.ways(id).map(({ target }) => target);
  const fed = new Map<string, ReadonlySet<string>>();
  for (const group of cyclesOf(shape, targets)) {
    const recorded = new Set(
      group.flatMap(({ type, config }) => (config && type?.records?.(config.value)) ?? []),
    );
    for (const { id, type, config } of group) {
      const awaited = (config && type?.awaits?.(config.value, {})) ?? [];
      const met = awaited.filter(({ types }) => types.some((name) => recorded.has(name)));
      fed.set(id, new Set(met.map(({ port }) => port)));
    }
  }
  return fed;
}

function quickWays(
  shape: GraphShape,
  slow: ReadonlySet<string>,
  fed: Fed,
  id: string,
): readonly SketchWay[] {
  const node = shape.nodes.get(id);
  if (node === undefined || slow.has(id)) return [];
  const ways = shape.ways(id);
  if (!takesTime(node)) return ways;
  const met = [...(fed.get(id) ?? [])];
  const drawn = new Set(ways.map(({ port }) => port));
  // A port without an edge leads where `next` does.
  const byNext = node.skippable || met.some((port) => !drawn.has(port));
  return ways.filter(({ port }) => met.includes(port) || (byNext && port === 'next'));
}

/** Whether a join always waits for a branch that takes time, whichever fork it closes. */
function takesBranchTime(
  shape: GraphShape,
  { top, forks }: ForkLevels,
  join: SketchNode,
  quick: (id: string) => readonly string[],
): boolean {
  if (join.config === null || top.closers.has(join.id)) return false;
  const deadline = join.type?.waiting?.(join.config.value, 0).until ?? null;
  if (deadline !== null && deadline <= 0) return false;
  const need = join.type?.joins?.(join.config.value) ?? 'all';
  const closed = [...forks.values()].filter(({ closers }) => closers.has(join.id));
  return closed.every(({ fork }) => {
    if (fork === null) return false;
    const branches = branchesOf(fork, shape.ways(fork.id))[0].map(({ target }) => {
      const ahead = reachableBy([target], (id) => (id === join.id ? [] : quick(id)));
      const ends = [...ahead].some((id) => id !== join.id && canEndQuickly(shape, id));
      return { arrives: ahead.has(join.id), ends };
    });
    const arriving = branches.filter(({ arrives }) => arrives).length;
    const slow = branches.some(({ arrives, ends }) => !arrives && !ends);
    return slow && (need === 'all' || arriving < need);
  });
}

function canEndQuickly(shape: GraphShape, id: string): boolean {
  const node = shape.nodes.get(id);
  if (node === undefined || !takesTime(node)) return shape.canEnd(id);
  return node.skippable && !shape.ways(id).some(({ port }) => port === 'next');
}

/** The strongly connected parts that contain a cycle (Tarjan, with a stack of its own). */
function cyclesOf(
  shape: GraphShape,
  next: (id: string) => readonly string[],
): readonly SketchNode[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const groups: SketchNode[][] = [];
  const lower = (id: string, to: number) => low.set(id, Math.min(low.get(id) ?? to, to));
  const finish = (id: string) => {
    if (low.get(id) !== order.get(id)) return;
    const members = new Set(open.splice(open.indexOf(id)));
    for (const member of members) isOpen.delete(member);
    if (members.size > 1 || next(id).includes(id))
      groups.push([...shape.nodes.values()].filter((node) => members.has(node.id)));
  };
  const begin = (id: string) => {
    order.set(id, order.size);
    lower(id, order.size - 1);
    open.push(id);
    isOpen.add(id);
    return { id, targets: next(id), at: 0 };
  };
  for (const root of shape.nodes.keys()) {
    const stack = order.has(root) ? [] : [begin(root)];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const target = frame.targets[frame.at++];
      if (target === undefined) {
        stack.pop();
        finish(frame.id);
        const above = stack.at(-1);
        if (above) lower(above.id, low.get(frame.id) ?? 0);
      } else if (!order.has(target)) stack.push(begin(target));
      else if (isOpen.has(target)) lower(frame.id, order.get(target) ?? 0);
    }
  }
  return groups;
}
