/**
 * Goals and exits race the whole graph: a bell during a 30-day wait ends it in milliseconds.
 *
 * Owns: which goals are reached, and what that does to the paths. Does not own: judging (goals.ts).
 *
 * Invariants:
 * W1. A bell that rings between a look and the sleep behind it wakes that sleep: the count of bells is
 *     read before the look. A move of a path counts as one where conditions are watched: a variable
 *     that it sets makes no event.
 * W2. Whatever a look of somebody else found counts as one of its own.
 */
import { stops, watchesAnything, watchesConditions } from './goals';
import type { Graph } from './graph';
import type { Instant } from './json';
import type { ReachedGoal, Runtime, WatchAnswer, WatchState } from './runtime';
import type { EnrollmentState } from './state';
import type { Stop } from './stop';

interface Surroundings {
  readonly graph: Graph;
  readonly runtime: Runtime;
  /** Of the whole enrollment. */
  readonly stop: Stop;
  /** How often a path has moved on. */
  moves(): number;
  /** Takes all paths off the graph, to go on at a node. */
  jump(node: string): void;
  considerStopping(): void;
}

export class Watch {
  /** Why the enrollment must end as `exited`. */
  exit: string | null = null;
  /** Whether somebody else has closed the enrollment. */
  closed = false;
  /** The goal that ended the enrollment. */
  achieved: ReachedGoal | null = null;
  readonly goals: ReachedGoal[];
  readonly #armed: Set<string>;
  readonly #watches: boolean;
  /** Whether a goal or an exit is a condition, which a variable may make true. */
  readonly #judges: boolean;
  /** Bells heard before the latest look; null until there was one. */
  #looked: number | null = null;
  #changesAt: Instant | null = null;

  constructor(
    private readonly around: Surroundings,
    state: Pick<EnrollmentState, 'goals' | 'armed'>,
  ) {
    this.goals = [...state.goals];
    this.#armed = new Set(state.armed);
    this.#watches = watchesAnything(around.graph);
    this.#judges = watchesConditions(around.graph);
  }

  state(): WatchState {
    return { reached: this.goals.map(({ goalId }) => goalId), armed: [...this.#armed] };
  }

  /**
   * Takes what a look found; `heard` are the bells before it (`rung`). True when the paths must not go on from
   * where they are.
   */
  note(answer: WatchAnswer, heard: number): boolean {
    this.#looked = heard;
    this.#changesAt = answer.changesAt;
    for (const goal of answer.armed) this.#armed.add(goal);
    if (answer.closed === true || answer.exit !== null) {
      this.closed ||= answer.closed === true;
      this.exit ??= answer.exit;
      this.around.stop.request();
      return true;
    }
    const reached = answer.goals.some((goal) => this.#reach(goal));
    return reached || stops(this.around.graph, answer);
  }

  /** Looks whenever somebody rings or time may have changed an answer. `looksSoon`: a path is about to. */
  async run(looksSoon: boolean): Promise<void> {
    const { runtime, stop } = this.around;
    // Entered again in the middle: what rang in the history before was counted there and is not any more.
    if (!looksSoon) await this.#look();
    else if (!this.#watches) this.#looked = 0;
    while (!stop.requested) {
      const until = this.#changesAt;
      await this.#sleep(until);
      this.around.considerStopping();
      if (stop.requested || this.#looked === null) continue;
      const due = until !== null && runtime.now() >= until && this.#changesAt === until;
      if (due || this.rung() > this.#looked) await this.#look();
    }
  }

  #sleep(until: Instant | null): Promise<void> {
    const { runtime, stop } = this.around;
    return runtime.sleep({
      until,
      wake: () => stop.requested || runtime.commandsDue() || this.#stirred(until),
      summary: 'Wait for a goal',
    });
  }

  #stirred(until: Instant | null): boolean {
    if (this.#looked === null) return false;
    return this.#changesAt !== until || this.rung() > this.#looked;
  }

  /** What rang that could matter. Without goals an event cannot end the journey, and looking at every bell would cost an activity each. */
  rung(): number {
    const { runtime, moves } = this.around;
    if (!this.#watches) return 0;
    return runtime.bells() + (this.#judges ? moves() : 0);
  }

  async #look(): Promise<void> {
    const { runtime } = this.around;
    const heard = this.rung();
    this.note(await runtime.look(this.state(), runtime.now()), heard);
  }

  /** True when the goal takes the enrollment off its paths. */
  #reach(goal: ReachedGoal): boolean {
    if (this.goals.some(({ goalId }) => goalId === goal.goalId)) return false;
    const { graph, stop } = this.around;
    const onAchieved = graph.definition.goals.find(({ id }) => id === goal.goalId)?.onAchieved;
    this.goals.push(goal);
    if (onAchieved === 'continue') return false;
    if (onAchieved === 'exit' || onAchieved === undefined) {
      this.achieved = goal;
      stop.request();
    } else {
      this.around.jump(onAchieved.goTo);
    }
    return true;
  }
}
