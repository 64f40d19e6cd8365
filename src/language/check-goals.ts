/** Goals: their ids, and the nodes that they lead to. */
import type { Issue } from '../errors';
import { issueAt, quoted } from './findings';
import type { ForkLevels } from './fork-levels';
import type { GraphShape } from './graph-shape';
import { type GraphSketch, objectsIn } from './graph-sketch';
import { didYouMean } from './suggest';
import { suggester } from './suggester';

interface GoalDoor {
  readonly index: number;
  readonly target: string;
}

/** The nodes that goals lead to, as they were written. */
export function goalDoors({ input }: GraphSketch): readonly GoalDoor[] {
  return objectsIn(input.goals).flatMap(([{ onAchieved }, index]) => {
    const target =
      typeof onAchieved === 'object' && onAchieved !== null
        ? (onAchieved as { goTo?: unknown }).goTo
        : undefined;
    return typeof target === 'string' ? [{ index, target }] : [];
  });
}

/** Goals that share an id, and goals that lead nowhere or into the middle of a fork. */
export function checkGoals(shape: GraphShape, levels: ForkLevels): Issue[] {
  const suggest = suggester(shape.nodes.keys());
  const lost = goalDoors(shape.sketch).flatMap(({ index, target }): Issue[] => {
    const path = ['goals', index, 'onAchieved', 'goTo'];
    if (!shape.nodes.has(target)) {
      const found = suggest(target);
      const message = `There is no node ${quoted([target])}.${didYouMean(found)}`;
      return [issueAt('definition.unknown_node', path, message, found)];
    }
    const fork = forkAround(levels, target);
    if (fork === null) return [];
    const message = `${quoted([target])} stands between the fork ${quoted([fork])} and its join; a goal replaces all paths by one, which would join nothing. Go to a node outside.`;
    return [issueAt('definition.goal_inside_fork', path, message)];
  });
  return [...duplicateIds(shape.sketch), ...lost];
}

/** The joined fork that a node stands in, unless paths outside of it reach the node too. */
export function forkAround({ top, forks }: ForkLevels, id: string): string | null {
  if (top.inner.has(id)) return null;
  for (const [fork, { inner, closers }] of forks)
    if (closers.size > 0 && inner.has(id)) return fork;
  return null;
}

function duplicateIds({ input }: GraphSketch): Issue[] {
  const first = new Map<unknown, number>();
  return objectsIn(input.goals).flatMap(([{ id }, index]): Issue[] => {
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    if (earlier === undefined || typeof id !== 'string') return [];
    const message = `goals[${earlier}] has the id ${quoted([id])} too. Give each goal its own.`;
    return [issueAt('definition.duplicate_id', ['goals', index, 'id'], message)];
  });
}
