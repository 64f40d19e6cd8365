/** The simulator's side of the runtime port: facts in memory, effects only noted down. */
import { type EventLookUp, findAwaited } from './event-match';
import type { Facts } from './facts';
import type { Command } from './commands';
import { CLOSED, endedBy, lookForGoals, moves, stops } from './goals';
import type { Graph, GraphNode } from './graph';
import type { Instant } from './json';
import type { Answer } from './node-type';
import type {
  AdvanceRequest,
  AdvanceResult,
  AskRequest,
  AskResult,
  EffectAttempt,
  EffectName,
  Effects,
  EndStatus,
  EventSearch,
  FinishRequest,
  FinishResult,
  FoundEvent,
  Runtime,
  SleepRequest,
  StopSignal,
  SteerResult,
  VisitKey,
  WatchAnswer,
  WatchState,
} from './runtime';
import { SimulatedEffects } from './simulated-effects';
import { SimulatedFacts } from './simulated-facts';
import type { EnrollmentState } from './state';
import { steer } from './steer';
import { SimulatedSteps } from './simulated-steps';
import type { Order, ScriptEntry, Simulation, SimulationInput } from './simulation';
import type { VirtualClock } from './virtual-clock';
import { type BookedOutcome, orFailed, type StepBook, type StoredEnd, walkDecisions } from './walk';

export class SimulatedWorld implements Runtime, StepBook {
  readonly enrollmentId = 'simulated';
  readonly #steps = new SimulatedSteps();
  readonly #facts: SimulatedFacts;
  readonly #effects: SimulatedEffects;
  readonly #lookUp: EventLookUp = (question, limit) => this.#facts.search(question, limit);
  readonly #commands: Command[] = [];
  #closed: Pick<FinishRequest, 'status' | 'reason'> | null = null;
  #continuedAt = 0;
  #end: FinishRequest | null = null;
  #goals: WatchAnswer['goals'] = [];

  constructor(
    private readonly graph: Graph,
    private readonly input: SimulationInput,
    private readonly clock: VirtualClock,
  ) {
    this.#facts = new SimulatedFacts(input, this.#steps, this.enrollmentId);
    this.#effects = new SimulatedEffects(graph, input, clock, this.#facts, this.enrollmentId);
    for (const entry of input.script) if (entry.at < input.startAt) this.happens(entry);
    // The contact is what she is at the start, whatever the history before it did to her.
    this.#facts.contact = input.contact;
  }

  happens(entry: ScriptEntry | Order): void {
    if ('command' in entry) this.#commands.push(entry.command);
    else this.#facts.happens(entry);
  }

  continued(): void {
    this.#continuedAt = this.clock.wakes;
  }

  report(status: EndStatus | 'waiting'): Simulation {
    const end = this.#end;
    const error = end?.error ?? null;
    return {
      status,
      goalId: end?.goalId ?? null,
      goals: this.#goals,
      endedAt: end?.at ?? null,
      reason: end?.reason ?? null,
      error: error && { ...error, message: this.#messageOf(error.node) },
      steps: this.#steps.all(),
      sends: this.#effects.sends,
      calls: this.#effects.calls,
      contact: this.#facts.contact,
      variables: this.#facts.at(this.clock.now).variables,
    };
  }

  now(): Instant {
    return this.clock.now;
  }

  bells(): number {
    return this.#facts.bells;
  }

  commandsDue(): boolean {
    return this.#commands.length > 0;
  }

  async steer(state: EnrollmentState): Promise<SteerResult> {
    let steered = state;
    for (const command of this.#commands.splice(0)) {
      const situation = { state: steered, graph: this.graph, at: this.clock.now };
      const answer = steer(situation, command, null);
      if ('state' in answer) steered = answer.state;
      if ('ends' in answer) {
        this.#closed = answer.ends;
        this.#steps.cancelOpen(this.clock.now);
      }
    }
    // Whoever enters again finds it closed.
    return { state: this.#closed === null ? steered : { ...steered, pause: null }, graph: null };
  }

  sleep(request: SleepRequest): Promise<void> {
    return this.clock.sleep(request);
  }

  shouldContinue(): boolean {
    return this.input.continueAfter?.(this.clock.wakes - this.#continuedAt) ?? false;
  }

  announce(): void {}

  announceWait(): void {}

  announcePause(): void {}

  async advance({ ended, from, visits, watch }: AdvanceRequest): Promise<AdvanceResult> {
    for (const visit of ended) this.#steps.end(visit);
    const answer = await this.look(watch);
    if (stops(this.graph, answer)) return { taken: [], watch: answer };
    const { evaluators } = this.input;
    const taken = await walkDecisions(this.graph, { from, visits }, evaluators, this);
    return { taken, watch: answer };
  }

  async facts(): Promise<Facts> {
    return this.#facts.at(this.clock.now);
  }

  async recall(visit: VisitKey): Promise<StoredEnd | null> {
    const stored = this.#steps.recall(visit);
    // A decision is asked for here before it is taken.
    if (stored === null && visit.node === this.input.stopAt) await this.#stopAt(visit);
    return stored;
  }

  async decide(visit: VisitKey, node: GraphNode, outcome: BookedOutcome): Promise<StoredEnd> {
    const at = this.clock.now;
    for (const write of outcome.writes ?? []) this.#facts.apply(write, at);
    this.#steps.enter(visit, node, at);
    return this.#steps.close(visit, outcome, at);
  }

  async enter(visit: VisitKey, node: GraphNode): Promise<void> {
    this.#steps.enter(visit, node, this.clock.now);
    if (visit.node === this.input.stopAt) await this.#stopAt(visit);
  }

  async findEvent(search: EventSearch): Promise<FoundEvent | null> {
    const node = this.graph.node(search.node);
    const { evaluators } = this.input;
    return findAwaited(node, search, await this.facts(), evaluators, this.#lookUp);
  }

  async ask({ node: id, visit, startedAt, anchor, memory, at }: AskRequest): Promise<AskResult> {
    const stored = this.#steps.recall({ node: id, visit });
    if (stored !== null) return { ended: stored };
    const { type, config } = this.graph.node(id);
    if (type.kind === 'decision' || type.ask === undefined) throw new Error(`"${id}" has no ask.`);
    const asked = { number: visit, startedAt, anchor, memory };
    const facts = await this.facts();
    const { ask } = type;
    const answer: Answer = await orFailed(
      async () => ask(config, facts, this.input.evaluators, asked),
      (outcome) => outcome,
    );
    if (answer.until !== undefined) return answer;
    const { port, reason } = this.#steps.close({ node: id, visit }, answer, at);
    return { ended: { port, reason, ...(answer.exits ? { exits: true } : {}) } };
  }

  async look(watch: WatchState): Promise<WatchAnswer> {
    if (this.#closed !== null) return CLOSED;
    const answer = await lookForGoals(
      this.graph,
      watch,
      await this.facts(),
      this.input.evaluators,
      this.#lookUp,
    );
    for (const goal of answer.goals) {
      const known = this.#goals.some(({ goalId }) => goalId === goal.goalId);
      if (!known) this.#goals = [...this.#goals, goal];
    }
    return answer;
  }

  perform<K extends EffectName>(
    _effect: K,
    attempt: EffectAttempt,
    _input: Effects[K]['input'],
    stop: StopSignal,
  ): Promise<Effects[K]['result']> {
    const stopped = () => this.#stoppedBy(attempt.watch);
    const result = this.#effects.perform(attempt, stop, stopped);
    return result as unknown as Promise<Effects[K]['result']>;
  }

  /** A goal or an exit that came true with what was done just before has not taken its path away yet. */
  async #stoppedBy(watch: WatchState): Promise<string | null> {
    const answer = await this.look(watch);
    if (!stops(this.graph, answer)) return null;
    return answer.exit === null ? 'goal_reached' : 'exited';
  }

  async finish(request: FinishRequest): Promise<FinishResult> {
    for (const ended of request.ended) this.#steps.end(ended);
    const late = request.status === 'completed' ? await this.look(request.watch) : null;
    if (request.mayMove && moves(this.graph, late))
      return { status: request.status, goalId: request.goalId, moved: late };
    const end = { ...request, ...endedBy(this.graph, late), ...this.#closed };
    this.#steps.cancelOpen(end.at);
    this.#end = end;
    return { status: end.status, goalId: end.goalId };
  }

  /** Never resolves: what is done in the same instant would be done before the clock stands still. */
  #stopAt(visit: VisitKey): Promise<never> {
    this.#steps.enter(visit, this.graph.node(visit.node), this.clock.now);
    this.clock.halt();
    return new Promise<never>(() => undefined);
  }

  #messageOf(node: string): string | null {
    const step = this.#steps.all().findLast(({ nodeId }) => nodeId === node);
    const reason = step?.reason === step?.code ? null : (step?.reason ?? null);
    return reason ?? this.#effects.message;
  }
}
