/** The simulator's side of the runtime port: facts in memory, effects only noted down. */
import { findAwaited, goalReachedBy } from './event-match';
import type { ContactFacts, EventFacts, EventQuestion, Facts } from './facts';
import type { Graph, GraphNode } from './graph';
import type { Instant } from './json';
import type { DecisionOutcome, Waiting } from './node-type';
import type {
  AdvanceRequest,
  AdvanceResult,
  EffectName,
  Effects,
  EndStatus,
  EndedVisit,
  EventSearch,
  FinishRequest,
  FinishResult,
  FoundEvent,
  ReachedGoal,
  Runtime,
  SendResult,
  SleepRequest,
  VisitKey,
} from './runtime';
import type {
  ScriptEntry,
  SimulatedSend,
  SimulatedStep,
  Simulation,
  SimulationInput,
} from './simulation';
import { effectKey } from './state';
import type { VirtualClock } from './virtual-clock';
import { type StepBook, walkDecisions } from './walk';

type StoredEvent = EventFacts & { readonly deliveryKey: string | null };

const SETTLED = 'simulated';

export class SimulatedWorld implements Runtime, StepBook {
  readonly enrollmentId = SETTLED;
  #bells = 0;
  #contact: ContactFacts;
  #continuedAt = 0;
  #lastSendKey: string | null = null;
  #end: FinishRequest | null = null;
  readonly #events: StoredEvent[] = [];
  readonly #steps = new Map<string, SimulatedStep>();
  readonly #sends: SimulatedSend[] = [];
  /** What a claim would answer: an effect entered again is not done again. */
  readonly #results = new Map<string, SendResult>();

  constructor(
    private readonly graph: Graph,
    private readonly input: SimulationInput,
    private readonly clock: VirtualClock,
  ) {
    this.#contact = input.contact;
    for (const entry of input.script) if (entry.at < input.startAt) this.happens(entry);
  }

  happens(entry: ScriptEntry): void {
    if ('contact' in entry) {
      this.#contact = { ...this.#contact, ...entry.contact };
    } else {
      const { type, properties = {} } = entry.event;
      const key = entry.node === undefined ? this.#lastSendKey : this.#latestKey(entry.node);
      this.#events.push({
        id: `event-${this.#events.length + 1}`,
        type,
        occurredAt: entry.at,
        properties,
        deliveryKey: key,
      });
    }
    if (entry.unheard !== true) this.#bells += 1;
  }

  continued(): void {
    this.#continuedAt = this.clock.wakes;
  }

  report(status: EndStatus | 'waiting'): Simulation {
    return {
      status,
      goalId: this.#end?.goalId ?? null,
      endedAt: this.#end?.at ?? null,
      error: this.#end?.error ?? null,
      steps: [...this.#steps.values()],
      sends: this.#sends,
      contact: this.#contact,
    };
  }

  now(): Instant {
    return this.clock.now;
  }

  bells(): number {
    return this.#bells;
  }

  commands(): number {
    return 0;
  }

  sleep(request: SleepRequest): Promise<void> {
    return this.clock.sleep(request);
  }

  shouldContinue(): boolean {
    return this.input.continueAfter?.(this.clock.wakes - this.#continuedAt) ?? false;
  }

  announce(): void {}

  async advance({ ended, from, visits }: AdvanceRequest): Promise<AdvanceResult> {
    if (ended !== null) this.#endStep(ended);
    const goal = await this.findGoal();
    if (goal !== null || from === null) return { taken: [], goal };
    const { evaluators } = this.input;
    const taken = await walkDecisions(this.graph, { from, visits }, evaluators, this);
    return { taken, goal: null };
  }

  async facts(): Promise<Facts> {
    return this.#view();
  }

  async recall(visit: VisitKey): Promise<{ port: string | null; reason: string } | null> {
    const step = this.#steps.get(stepKey(visit));
    return step === undefined ? null : { port: step.port, reason: step.reason ?? '' };
  }

  async decide(
    visit: VisitKey,
    node: GraphNode,
    outcome: DecisionOutcome,
  ): Promise<{ port: string | null; reason: string }> {
    for (const write of outcome.writes ?? []) this.#addTags(write.tags);
    const reason = outcome.reason.detail ?? outcome.reason.code;
    this.#openStep(visit, node);
    this.#endStep({
      ...visit,
      at: this.clock.now,
      status: 'completed',
      port: outcome.port,
      reason,
    });
    return { port: outcome.port, reason: outcome.reason.code };
  }

  async enter(visit: VisitKey, node: GraphNode, _waiting: Waiting | null): Promise<void> {
    if (!this.#steps.has(stepKey(visit))) this.#openStep(visit, node);
  }

  async findEvent(search: EventSearch): Promise<FoundEvent | null> {
    const node = this.graph.node(search.node);
    return findAwaited(node, search, this.#view(), this.input.evaluators, (question) =>
      this.#search(question),
    );
  }

  async findGoal(): Promise<ReachedGoal | null> {
    return goalReachedBy(this.graph, this.#view(), this.input.evaluators, (question) =>
      this.#search(question),
    );
  }

  async perform<K extends EffectName>(_effect: K, visit: VisitKey): Promise<Effects[K]['result']> {
    const deliveryKey = effectKey(this.enrollmentId, visit.node, visit.visit);
    const claimed = this.#results.get(deliveryKey);
    if (claimed !== undefined) return claimed;
    const result = await this.#send(visit, deliveryKey);
    this.#results.set(deliveryKey, result);
    return result;
  }

  async #send(visit: VisitKey, deliveryKey: string): Promise<SendResult> {
    const { email } = this.#contact;
    if (email === null) return { outcome: 'blocked', reason: 'no_address', deliveryKey };
    const { subject } = this.graph.node(visit.node).config as { subject: string };
    const rendered = await this.input.evaluators.value(subject, this.#view());
    this.#sends.push({
      at: this.clock.now,
      channel: 'email',
      to: email,
      subject: typeof rendered === 'string' ? rendered : JSON.stringify(rendered),
      nodeId: visit.node,
    });
    this.#lastSendKey = deliveryKey;
    return { outcome: 'sent', deliveryKey };
  }

  async finish(request: FinishRequest): Promise<FinishResult> {
    for (const ended of request.ended) this.#endStep(ended);
    const goal = request.status === 'completed' ? await this.findGoal() : null;
    const end =
      goal === null
        ? request
        : { ...request, status: 'goal_reached' as const, goalId: goal.goalId };
    for (const step of this.#steps.values()) {
      if (step.status === 'waiting') Object.assign(step, { status: 'cancelled', endedAt: end.at });
    }
    this.#end = end;
    return { status: end.status, goalId: end.goalId };
  }

  #view(): Facts {
    const { input } = this;
    return {
      at: this.clock.now,
      contact: this.#contact,
      variables: input.variables ?? {},
      trigger: input.trigger ?? null,
      enrollment: {
        id: this.enrollmentId,
        workflowKey: input.workflow.key,
        version: input.workflow.version,
        startedAt: input.startAt,
      },
      workspace: { timeZone: input.timeZone ?? 'UTC', variables: {} },
      findEvents: async (question, limit) => this.#search(question).slice(0, limit),
      visitedAt: async (node) => this.#latest(node)?.at ?? null,
    };
  }

  #search(question: EventQuestion): readonly StoredEvent[] {
    const { types, from, to, deliveryKey, excludeIds = [] } = question;
    return this.#events
      .filter(
        (event) =>
          types.includes(event.type) &&
          (from === null || event.occurredAt >= from) &&
          (to === null || event.occurredAt <= to) &&
          (deliveryKey === undefined || event.deliveryKey === deliveryKey) &&
          !excludeIds.includes(event.id),
      )
      .toSorted((a, b) => a.occurredAt - b.occurredAt);
  }

  #addTags(tags: readonly string[]): void {
    const added = tags.filter((tag) => !this.#contact.tags.includes(tag));
    this.#contact = { ...this.#contact, tags: [...this.#contact.tags, ...added] };
    for (const tag of added) {
      const event = { type: 'contact.tag_added', properties: { tag } };
      this.happens({ at: this.clock.now, event });
    }
  }

  #openStep(visit: VisitKey, node: GraphNode): void {
    this.#steps.set(stepKey(visit), {
      nodeId: visit.node,
      nodeType: node.type.type,
      visit: visit.visit,
      at: this.clock.now,
      endedAt: null,
      status: 'waiting',
      port: null,
      reason: null,
    });
  }

  #endStep(ended: EndedVisit): void {
    const { status, port, reason, at } = ended;
    const step = this.#steps.get(stepKey(ended));
    if (step !== undefined) Object.assign(step, { status, port, reason, endedAt: at });
  }

  #latest(node: string): SimulatedStep | undefined {
    return [...this.#steps.values()].findLast((step) => step.nodeId === node);
  }

  #latestKey(node: string): string | null {
    const visit = this.#latest(node)?.visit;
    return visit === undefined ? null : effectKey(this.enrollmentId, node, visit);
  }
}

function stepKey({ node, visit }: VisitKey): string {
  return `${node} ${visit}`;
}
