/** Whether every node can be reached, and every cycle takes time. */
import type { Issue } from '../errors';
import { spinningGroups, takesTime } from './cycles';
import { issueAt, quoted } from './findings';
import type { ForkLevels } from './fork-levels';
import { type GraphShape, reachableBy } from './graph-shape';

/** Nodes that no path reaches. `doors` are nodes that a path may be put on without an edge. */
export function unreachableNodes(shape: GraphShape, doors: readonly string[]): Issue[] {
  const { entry, nodes, sketch } = shape;
  // Where a jump leads is not known when its configuration is wrong.
  const lost = [...nodes.values()].some(
    ({ type, config }) => config === null && type?.jumpsTo !== undefined,
  );
  if (entry === null || lost) return [];
  const reached = reachableBy([entry, ...doors], (id) =>
    shape.ways(id).map(({ target }) => target),
  );
  return sketch.nodes
    .filter(({ id }) => !reached.has(id))
    .map(({ id, index }) => {
      const message = `No path from the entry ${quoted([entry])} reaches ${quoted([id])}. Draw an edge to it, or remove it.`;
      return issueAt('definition.unreachable_node', ['nodes', index], message);
    });
}

/** Cycles in which nothing need wait; `levels` are null where forks and joins do not match. */
export function hastyCycles(shape: GraphShape, levels: ForkLevels | null): Issue[] {
  return spinningGroups(shape, levels).map((group) => {
    const ids = quoted(group.map(({ id }) => id));
    const skipped = group.filter((node) => takesTime(node) && node.skippable);
    const fed = group.filter((node) => takesTime(node) && !node.skippable);
    const named = (nodes: typeof group) => quoted(nodes.map(({ id }) => id));
    const whys = [
      ...(skipped.length === 0 ? [] : [`${named(skipped)} is skipped`]),
      ...(fed.length === 0 ? [] : [`${named(fed)} meets an event that the cycle itself records`]),
    ];
    const why = whys.length === 0 ? '' : ` when ${whys.join(' and ')}`;
    const message = `${ids} form a cycle in which nothing waits${why}. Put a wait that takes time, or a wait_for_event, into it.`;
    const path = ['nodes', group[0]?.index ?? 0];
    return issueAt('definition.cycle_without_wait', path, message);
  });
}
