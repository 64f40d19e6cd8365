/**
 * Goals and exits, judged where the facts are; one rule for both runtimes.
 *
 * Invariants:
 * G1. An exit is judged before any goal: exit beats goal.
 * G2. A goal is reached once; one that is known as reached is not looked at again.
 * G3. A goal by condition alone is reached when it becomes true: it must have been seen false, unless
 *     it may fire at entry.
 */
import { type Consent, withheld } from './consent';
import type { Definition } from './definition';
import { earliestEvent, type EventLookUp } from './event-match';
import type { EventFacts, Evaluators, Facts, Verdict } from './facts';
import type { Graph } from './graph';
import type { Instant } from './json';
import type { EndStatus, ReachedGoal, WatchAnswer, WatchState } from './runtime';

type Goal = Definition['goals'][number];

/** The answer about an enrollment that was closed from outside, or erased: its journey is over. */
export const CLOSED: WatchAnswer = {
  closed: true,
  exit: null,
  goals: [],
  armed: [],
  changesAt: null,
};

/** Whether the paths may not go on from where they are. */
export function stops(graph: Graph, { closed, exit, goals }: WatchAnswer): boolean {
  return closed === true || exit !== null || goals.some(({ goalId }) => diverts(graph, goalId));
}

/** The code of an exit by `settings.exitWhen`. */
export const EXIT_CONDITION = 'exit.condition';

/** The code of an exit by `settings.exitOnUnsubscribe`. */
const EXIT_UNSUBSCRIBED = 'exit.unsubscribed';

/** Whether anything is watched beside the paths. */
export function watchesAnything({ definition }: Graph): boolean {
  return definition.goals.length > 0 || watchesExits(definition);
}

const watchesExits = ({ settings }: Definition): boolean =>
  settings.exitWhen !== undefined || settings.exitOnUnsubscribe === true;

/** Whether anything watched is a condition alone, which needs no event to become true. */
export function watchesConditions({ definition }: Graph): boolean {
  const { goals } = definition;
  return watchesExits(definition) || goals.some(({ event }) => event === undefined);
}

/** Whether reaching the goal takes the enrollment off its paths, so that no message may go out. */
export function diverts(graph: Graph, goalId: string): boolean {
  return graph.definition.goals.find(({ id }) => id === goalId)?.onAchieved !== 'continue';
}

/** Looks for an exit and for goals not reached yet. */
export async function lookForGoals(
  graph: Graph,
  watch: WatchState,
  facts: Facts,
  evaluators: Evaluators,
  lookUp: EventLookUp,
): Promise<WatchAnswer> {
  const { goals, settings } = graph.definition;
  const changes: (Instant | undefined)[] = [];
  if (settings.exitOnUnsubscribe === true && hasUnsubscribed(graph, facts.contact.consent))
    return { exit: EXIT_UNSUBSCRIBED, goals: [], armed: [], changesAt: null };
  if (settings.exitWhen !== undefined) {
    const verdict = await evaluators.condition(settings.exitWhen, facts);
    if (verdict.value) return { exit: EXIT_CONDITION, goals: [], armed: [], changesAt: null };
    changes.push(verdict.changesAt);
  }
  const reached: ReachedGoal[] = [];
  const armed: string[] = [];
  for (const goal of goals.filter(({ id }) => !watch.reached.includes(id))) {
    if (goal.event !== undefined) {
      const at = await reachedByEvent(goal, goal.event, facts, evaluators, lookUp);
      if (at !== null) reached.push({ goalId: goal.id, at });
      continue;
    }
    const verdict = await judge(goal, facts, evaluators);
    changes.push(verdict.changesAt);
    const isArmed = goal.atEntry === 'fire' || watch.armed.includes(goal.id);
    if (!verdict.value && !isArmed) armed.push(goal.id);
    if (verdict.value && isArmed) reached.push({ goalId: goal.id, at: facts.at });
  }
  const instants = changes.filter((at) => at !== undefined);
  return {
    exit: null,
    goals: reached.toSorted((a, b) => a.at - b.at),
    armed,
    changesAt: instants.length === 0 ? null : Math.min(...instants),
  };
}

/** Whether she has refused the channel, or the topic, of a marketing message of this journey. */
function hasUnsubscribed(graph: Graph, consent: Consent): boolean {
  return graph.definition.nodes.some(({ id }) => {
    const { type, config } = graph.node(id);
    const channel = type.marketsBy?.(config) ?? null;
    const topic = type.marketsAbout?.(config) ?? undefined;
    return channel !== null && withheld(consent, channel, { purpose: 'marketing', topic }) !== null;
  });
}

function judge(goal: Goal, facts: Facts, evaluators: Evaluators): Promise<Verdict> {
  if (goal.condition === undefined) throw new Error(`Goal "${goal.id}" has nothing to reach.`);
  return evaluators.condition(goal.condition, facts);
}

/** When the first event that fits happened; the one that enrolled reaches no goal. */
async function reachedByEvent(
  { condition }: Goal,
  type: string,
  facts: Facts,
  evaluators: Evaluators,
  lookUp: EventLookUp,
): Promise<Instant | null> {
  const question = {
    types: [type],
    from: facts.enrollment.startedAt,
    // Open: a sender's clock may run ahead of ours, and nobody would ring again.
    to: null,
    excludeIds: facts.trigger === null ? [] : [facts.trigger.id],
  };
  const accepts =
    condition === undefined
      ? null
      : (event: EventFacts) => evaluators.filter(condition, event, facts).value;
  return (await earliestEvent(question, accepts, lookUp))?.occurredAt ?? null;
}

/** Whether a last look found a goal that takes her to a node, before any that ends the journey. */
export function moves(graph: Graph, late: WatchAnswer | null): late is WatchAnswer {
  if (late === null || late.exit !== null) return false;
  const first = late.goals.find(({ goalId }) => diverts(graph, goalId));
  return first !== undefined && reroutes(graph, first.goalId);
}

/** What a last look changes about an enrollment that completes; a goal that could only reroute comes too late. */
export function endedBy(
  graph: Graph,
  late: WatchAnswer | null,
): { status?: EndStatus; goalId?: string; reason?: string } {
  if (late === null) return {};
  if (late.exit !== null) return { status: 'exited', reason: late.exit };
  const counted = late.goals.filter(({ goalId }) => !reroutes(graph, goalId));
  const goal = counted.find(({ goalId }) => diverts(graph, goalId));
  if (goal !== undefined) return { status: 'goal_reached', goalId: goal.goalId };
  const last = counted.at(-1);
  return last === undefined ? {} : { goalId: last.goalId };
}

/** Whether reaching the goal takes her to a node. */
export const reroutes = (graph: Graph, goalId: string): boolean =>
  typeof graph.definition.goals.find(({ id }) => id === goalId)?.onAchieved === 'object';
