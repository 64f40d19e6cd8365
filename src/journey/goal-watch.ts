/** Goals race the whole graph: a bell during a 30-day wait ends it in milliseconds. */
import type { Graph } from './graph';
import type { Ending, Runtime } from './runtime';
import type { Stop } from './stop';

interface GoalWatch {
  readonly reached: Ending | null;
  /** Resolves when the journey is to end, or a stop was requested. */
  watch(): Promise<void>;
  /** Notes what somebody else found; the first one counts. */
  reach: (ending: Ending) => void;
}

export function createGoalWatch(graph: Graph, runtime: Runtime, stop: Stop): GoalWatch {
  let reached: Ending | null = null;
  const reach = (ending: Ending): void => {
    reached ??= ending;
  };
  const hasGoals = graph.definition.goals.length > 0;
  // Without goals an event cannot end the journey, and looking at every bell would cost an activity each.
  const rung = (): number => (hasGoals ? runtime.bells() : runtime.commands());
  return {
    get reached() {
      return reached;
    },
    reach,
    async watch() {
      // A goal may have been reached before anybody rang.
      let heard = hasGoals ? -1 : 0;
      const unheard = (): boolean => rung() > heard;
      // A fresh history looks for goals at once but not for commands, so those are heard out here.
      while (!stop.requested || (!hasGoals && unheard())) {
        if (unheard()) {
          heard = rung();
          const ending = await runtime.findGoal(runtime.now());
          if (ending !== null) return reach(ending);
        }
        await runtime.sleep({
          until: null,
          wake: () => stop.requested || unheard(),
          summary: 'Wait for a goal',
        });
        if (runtime.shouldContinue()) stop.request();
      }
    },
  };
}
