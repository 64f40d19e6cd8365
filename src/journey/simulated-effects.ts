/** Effects of a simulation: noted down instead of done, under the keys that a claim would use. */
import type { SimulatedFacts } from './simulated-facts';
import { EvaluationFailed, type Facts } from './facts';
import type { Graph } from './graph';
import type { Json, JsonObject } from './json';
import { PROOFS_OF_ACCEPTANCE } from './mail-doubt';
import { limited } from './message-limits';
import type { DryRun, EffectDoubt } from './node-type';
import { isRetryable, pauseAfter, type RetryPolicy } from './retry';
import { type EffectAttempt, EffectFailure, PathStopped, type StopSignal } from './runtime';
import type { SimulatedCall, SimulatedSend, SimulationInput } from './simulation';
import { effectKey } from './state';
import type { VirtualClock } from './virtual-clock';

const DAY = 86_400_000;
/** What stands in for a policy that retries for days. */
const PATIENT: RetryPolicy = {
  maxAttempts: Number.POSITIVE_INFINITY,
  backoff: 'exponential',
  initialInterval: 1_000,
  maxInterval: 300_000,
  jitter: false,
};
const LONGEST_MS = 3 * DAY;

export class SimulatedEffects {
  readonly sends: SimulatedSend[] = [];
  readonly calls: SimulatedCall[] = [];
  /** What the last failure said, in words. */
  message: string | null = null;
  /** What a claim would answer: an effect entered again is not done again. */
  readonly #results = new Map<string, JsonObject>();

  constructor(
    private readonly graph: Graph,
    private readonly input: SimulationInput,
    private readonly clock: VirtualClock,
    private readonly facts: SimulatedFacts,
    private readonly enrollmentId: string,
  ) {}

  /** `stopped` says why nothing may leave any more, as the claim of an effect finds out. */
  async perform(
    attempt: EffectAttempt,
    stop: StopSignal,
    stopped: () => Promise<string | null>,
  ): Promise<JsonObject> {
    const key = effectKey(this.enrollmentId, attempt.node, attempt.visit);
    const claimed = this.#results.get(key);
    if (claimed !== undefined) return claimed;
    const reason = await stopped();
    if (reason !== null) {
      await this.#letWatchLook();
      if (stop.requested) throw new PathStopped();
      const blocked = { outcome: 'blocked', reason, deliveryKey: key, removed: 0 };
      this.#results.set(key, blocked);
      return blocked;
    }
    const mock = this.input.mocks?.[attempt.node];
    if (mock === undefined || 'output' in mock) return this.#noted(attempt, key, mock?.output);
    const doubt = this.#doubt(attempt.node, mock.error.code);
    if (doubt === null) return this.#fail(attempt, mock.error, stop);
    if (doubt === 'again' || this.#isProved(key)) return this.#noted(attempt, key);
    return this.#doubted(attempt.node, key, doubt);
  }

  async #noted(attempt: EffectAttempt, key: string, mocked?: Json): Promise<JsonObject> {
    const result = await this.#note(attempt, key, mocked);
    // What had to wait is judged anew.
    if (result['outcome'] !== 'deferred') this.#results.set(key, result);
    return result;
  }

  /** Not kept: whoever waits for proof asks again. */
  #doubted(node: string, deliveryKey: string, doubt: JsonObject): JsonObject {
    const { type } = this.graph.node(node);
    // An event may be about the message already.
    if (type.writesToContact === true) this.#sent(node, 'email', deliveryKey, null);
    return { deliveryKey, ...doubt };
  }

  #isProved(deliveryKey: string): boolean {
    const question = { types: PROOFS_OF_ACCEPTANCE, from: null, to: null, deliveryKey };
    return this.facts.search(question, 1).length > 0;
  }

  /**
   * Whoever watches hears of it at the same time, and takes the path away before anything leaves. Only what
   * nobody rang for is found here alone.
   */
  async #letWatchLook(): Promise<void> {
    // One turn wakes the watch, in the next it has looked.
    await this.clock.turn();
    await this.clock.turn();
  }

  #doubt(node: string, code: string): EffectDoubt | null {
    const { type, config } = this.graph.node(node);
    return type.kind === 'decision' ? null : (type.inDoubt?.(config, code) ?? null);
  }

  async #note(attempt: EffectAttempt, deliveryKey: string, mocked?: Json): Promise<JsonObject> {
    const { type, config } = this.graph.node(attempt.node);
    const { evaluators } = this.input;
    if (type.kind === 'decision' || type.dryRun === undefined) return { outcome: 'done' };
    const facts = this.facts.at(this.clock.now);
    const { dryRun } = type;
    const {
      preview,
      result,
      writes = [],
    } = await this.#previewed(() => dryRun(config, facts, evaluators, mocked));
    const limit = 'send' in preview ? await this.#limit(attempt.node, facts) : null;
    if (limit !== null) return { deliveryKey, ...limit };
    for (const write of writes) this.facts.apply(write, this.clock.now);
    this.#show(attempt.node, preview, deliveryKey);
    if ('failed' in preview) {
      this.message = preview.detail;
      throw new EffectFailure(preview.failed);
    }
    return { deliveryKey, ...result };
  }

  async #previewed(work: () => DryRun | Promise<DryRun>): Promise<DryRun> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EvaluationFailed)) throw error;
      return { preview: { failed: error.code, detail: error.message }, result: {} };
    }
  }

  #show(nodeId: string, preview: DryRun['preview'], deliveryKey: string): void {
    const at = this.clock.now;
    if ('send' in preview) {
      this.sends.push({ at, nodeId, ...preview.send });
      this.#sent(nodeId, preview.send.channel, deliveryKey, preview.send.to);
    } else if ('call' in preview) {
      this.calls.push({ at, nodeId, ...preview.call });
    }
  }

  #sent(node: string, channel: string, deliveryKey: string, to: string | null): void {
    const marketedAt = this.#marketsBy(node) === null ? null : this.clock.now;
    this.facts.sent({ channel, deliveryKey, to, marketedAt });
  }

  #marketsBy(node: string): string | null {
    const { type, config } = this.graph.node(node);
    return type.marketsBy?.(config) ?? null;
  }

  /** What quiet hours and caps make of a message that would be sent; null when they let it go. */
  async #limit(node: string, facts: Facts): Promise<JsonObject | null> {
    const channel = this.#marketsBy(node);
    if (channel === null) return null;
    const { settings } = this.graph.definition;
    const found = await limited(
      settings,
      channel,
      facts,
      this.input.evaluators,
      async (by, after) => this.facts.marketingSince(by, after),
    );
    if (found === null) return null;
    const { reason, until, isDeferred } = found;
    return isDeferred ? { outcome: 'deferred', reason, until } : { outcome: 'blocked', reason };
  }

  /** Every attempt fails: what is left of it is the time that the pauses take. */
  async #fail(
    { at, label, retry }: EffectAttempt,
    { code, message }: { readonly code: string; readonly message?: string | undefined },
    stop: StopSignal,
  ): Promise<never> {
    const policy = retry ?? PATIENT;
    const attempts = isRetryable(policy, code) ? policy.maxAttempts : 1;
    let until = at;
    for (let tried = 1; tried < attempts && until - at < LONGEST_MS; tried += 1) {
      until += pauseAfter(policy, tried, null);
    }
    while (this.clock.now < until) {
      await this.clock.sleep({ until, wake: () => stop.requested, summary: label });
      if (stop.requested) throw new PathStopped();
    }
    this.message = message ?? null;
    throw new EffectFailure(code);
  }
}
