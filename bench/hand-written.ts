/**
 * The demo's journey as somebody would write it by hand for Temporal: the yardstick of the interpreter.
 *
 * It does the same work: the same activities in the same order, hence the same rows, and the same
 * timers, summaries, details and search attributes. It reads no graph, keeps no cursors, and cannot
 * continue as new.
 */
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Activities, EffectActivities, Subject } from '../activities/contract';
import type { EndedVisit, Position, WatchAnswer } from '../src/journey/runtime';
import { currentDetails, finalDetails } from '../workflows/details';
import {
  doorbell,
  type EnrollmentInput,
  type EnrollmentResult,
  type GraphPayload,
  stateQuery,
} from '../workflows/messages';
import { endAttributes, positionAttributes } from '../workflows/search-attributes';

const PAUSE_MS = 1_000;
const PAUSE = 'Wait 1 second';
const SEND = 'Send "Reminder"';
const LISTEN_MS = 600_000;
const LISTEN = 'Wait for email.opened, at most 10 minutes';

const facts = proxyLocalActivities<Activities['facts']>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Nothing at all: what a workflow costs before it does anything. */
export async function empty(): Promise<void> {}

/** Has the name of the interpreted one, so that both are started by the same code. */
export async function enrollment(
  input: EnrollmentInput,
  { $graph: graph }: GraphPayload,
): Promise<EnrollmentResult> {
  const journey = new AbandonedCart(input, graph);
  setHandler(doorbell, () => {
    journey.bells += 1;
  });
  setHandler(stateQuery, () => {
    const { positions, bells } = journey;
    return { startedAt: input.startedAt, positions, bells, pause: null };
  });
  return journey.run();
}

const NOTHING_YET = { reached: [], armed: [] } as const;

class AbandonedCart {
  bells = 0;
  positions: readonly Position[] = [];
  readonly #subject: Subject;
  readonly #sendEmail;
  readonly #sending = new CancellationScope();
  readonly #unrecorded: EndedVisit[] = [];
  #goal: string | null = null;
  #heard: number | null = null;
  #over = false;

  constructor(
    readonly input: EnrollmentInput,
    graph: Subject['graph'],
  ) {
    const { workspaceId, enrollmentId, options } = input;
    this.#subject = { workspaceId, enrollmentId, graph };
    this.#sendEmail = proxyActivities<EffectActivities>({
      taskQueue: options.effectsQueue,
      startToCloseTimeout: '10s',
      scheduleToCloseTimeout: '72h',
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    }).sendEmail;
  }

  async run(): Promise<EnrollmentResult> {
    const watching = this.#watchGoal();
    await this.#travel();
    this.#over = true;
    await watching;
    const result = await facts.finish({
      ...this.#subject,
      at: Date.now(),
      ended: this.#unrecorded,
      status: this.#goal === null ? 'completed' : 'goal_reached',
      goalId: this.#goal,
      reason: null,
      watch: NOTHING_YET,
      error: null,
      resume: null,
    });
    if (this.input.options.searchAttributes) upsertSearchAttributes(endAttributes(result.status));
    setCurrentDetails(finalDetails(result));
    return result;
  }

  async #watchGoal(): Promise<void> {
    while (!this.#stopped()) {
      const rung = () => this.#heard !== null && this.bells > this.#heard;
      await condition(() => this.#stopped() || rung());
      if (this.#stopped()) return;
      const heard = this.bells;
      const request = { ...this.#subject, watch: NOTHING_YET, at: Date.now() };
      this.#note(await facts.look(request), heard);
    }
  }

  /** Every advance looks for goals too, so that only a bell behind it needs another look. */
  #note({ goals }: WatchAnswer, heard: number): void {
    this.#heard = heard;
    this.#goal ??= goals[0]?.goalId ?? null;
    if (this.#goal !== null) this.#sending.cancel();
  }

  async #travel(): Promise<void> {
    const paused = await this.#pause();
    if (this.#stopped()) return;
    const sentAt = await this.#enter('remind', paused);
    if (this.#stopped()) return;
    const deliveryKey = await this.#remind();
    const reminded = left('remind', 'next', 'send.sent', { deliveryKey });
    const listensFrom = await this.#enter('opened', reminded);
    if (this.#stopped()) return;
    const search = { from: sentAt, to: listensFrom + LISTEN_MS, deliveryKey };
    const listened = await this.#listen(search);
    if (listened?.port === 'received') await this.#enter('known', listened);
    else if (listened !== null) this.#unrecorded.push(listened);
  }

  async #pause(): Promise<EndedVisit> {
    const until = (await this.#enter('pause', null)) + PAUSE_MS;
    this.#show({ ...only('pause'), label: PAUSE, waitingFor: 'time', waitUntil: until });
    while (!this.#stopped() && Date.now() < until) {
      const ms = Math.max(1, until - Date.now());
      await condition(() => this.#stopped(), ms, { summary: PAUSE });
    }
    return left('pause', 'next', 'wait.elapsed');
  }

  async #remind(): Promise<string> {
    const visit = only('remind');
    this.#show({ ...visit, label: SEND, waitingFor: 'e-mail', waitUntil: null });
    const input = { ...this.#subject, ...visit, at: Date.now(), watch: NOTHING_YET };
    const sent = await this.#sending.run(() =>
      this.#sendEmail.executeWithOptions({ summary: SEND }, [input]),
    );
    return sent.deliveryKey;
  }

  /** Null when the goal was faster. */
  async #listen(search: {
    readonly from: number;
    readonly to: number;
    readonly deliveryKey: string;
  }): Promise<EndedVisit | null> {
    const visit = { ...only('opened'), consumed: [], memory: {} };
    const { to } = search;
    this.#show({ ...only('opened'), label: LISTEN, waitingFor: 'email.opened', waitUntil: to });
    while (!this.#stopped()) {
      const heard = this.bells;
      const over = Date.now() >= to;
      const at = Date.now();
      const found = await facts.findEvent({ ...this.#subject, ...visit, ...search, at });
      if (found !== null) {
        const output = { eventId: found.id, occurredAt: found.occurredAt };
        return left('opened', 'received', 'wait.event_received', output);
      }
      if (over) return left('opened', 'timed_out', 'wait.timed_out');
      const woken = () => this.#stopped() || this.bells > heard;
      await condition(woken, Math.max(1, to - Date.now()), { summary: LISTEN });
    }
    return null;
  }

  /** Records what ended and opens the next step; returns when that was. */
  async #enter(node: string, ended: EndedVisit | null): Promise<number> {
    const at = Date.now();
    const heard = this.bells;
    const watch = NOTHING_YET;
    const request = {
      ended: ended === null ? [] : [ended],
      from: only(node),
      visits: [],
      at,
      watch,
    };
    const answer = await facts.advance({ ...this.#subject, ...request });
    this.#note(answer.watch, heard);
    return at;
  }

  #show(position: Position): void {
    this.positions = [position];
    setCurrentDetails(currentDetails(this.positions));
    if (this.input.options.searchAttributes)
      upsertSearchAttributes(positionAttributes(this.positions));
  }

  #stopped(): boolean {
    return this.#over || this.#goal !== null;
  }
}

/** The journey has no cycle, so every visit of a node is its only one. */
const only = (node: string) => ({ node, visit: 1 });

function left(
  node: string,
  port: string,
  reason: string,
  output?: EndedVisit['output'],
): EndedVisit {
  const end = { ...only(node), at: Date.now(), status: 'completed', port, reason } as const;
  return output === undefined ? end : { ...end, output };
}
