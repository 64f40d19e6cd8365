/** Goals race the whole graph: a bell during a 30-day wait ends it in milliseconds. */
import type { Graph } from './graph';
import type { ReachedGoal, Runtime } from './runtime';
import type { Stop } from './stop';

interface GoalWatch {
  readonly reached: ReachedGoal | null;
  /** Resolves when a goal is reached or a stop was requested. */
  watch(): Promise<void>;
  /** Notes a goal that somebody else found; the first one counts. */
  reach: (goal: ReachedGoal) => void;
}

export function createGoalWatch(graph: Graph, runtime: Runtime, stop: Stop): GoalWatch {
  let reached: ReachedGoal | null = null;
  const reach = (goal: ReachedGoal): void => {
    reached ??= goal;
  };
  return {
    get reached() {
      return reached;
    },
    reach,
    async watch() {
      if (graph.definition.goals.length === 0) {
        await runtime.sleep({
          until: null,
          wake: () => stop.requested,
          summary: 'Wait for a stop',
        });
        return;
      }
      while (!stop.requested) {
        const heard = runtime.bells();
        const goal = await runtime.findGoal(runtime.now());
        if (goal !== null) return reach(goal);
        await runtime.sleep({
          until: null,
          wake: () => stop.requested || runtime.bells() > heard,
          summary: 'Wait for a goal',
        });
        if (runtime.shouldContinue()) stop.request();
      }
    },
  };
}
