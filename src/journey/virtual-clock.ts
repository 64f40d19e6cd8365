/**
 * Virtual time: the sleepers, and the script between them.
 *
 * Invariants:
 * V1. Time moves only when nothing can run without it (`settle` has drained all microtasks).
 * V2. What the script says at an instant has happened before a timer of that instant is heard.
 */
import type { Instant } from './json';
import type { SleepRequest } from './runtime';
import type { Order, ScriptEntry, SimulationInput } from './simulation';

interface Sleeper extends SleepRequest {
  readonly resolve: () => void;
}

export class VirtualClock {
  now: Instant;
  /** Sleeps that ended. */
  wakes = 0;
  onScript: (entry: ScriptEntry | Order) => void = () => undefined;
  #sleepers: Sleeper[] = [];
  #halted = false;
  #script: (ScriptEntry | Order)[];
  readonly #settle: () => Promise<void>;

  constructor(input: SimulationInput) {
    this.now = input.startAt;
    this.#settle = input.settle;
    this.#script = input.script
      .filter((entry) => entry.at >= input.startAt)
      .toSorted((a, b) => a.at - b.at);
  }

  /** Ends the simulation here, with whatever is under way left as it is. */
  halt(): void {
    this.#halted = true;
  }

  sleep(request: SleepRequest): Promise<void> {
    if (request.wake() || (request.until !== null && request.until <= this.now)) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#sleepers.push({ ...request, resolve }));
  }

  /** Resolves at this very instant, once whatever can run has run and whoever can be woken was woken. */
  turn(): Promise<void> {
    return new Promise((resolve) =>
      this.#sleepers.push({ until: null, wake: () => true, summary: '', resolve }),
    );
  }

  /** Moves time until the work is done; null when it was halted, or nothing is left that could wake it. */
  async drive<T>(work: Promise<T>): Promise<T | null> {
    let done: { readonly value: T } | null = null;
    const finished = work.then((value) => {
      done = { value };
    });
    // A rejection must surface from `finished` below, not as an unhandled one meanwhile.
    finished.catch(() => undefined);
    const failed = finished.then(
      () => false,
      () => true,
    );
    for (;;) {
      await this.#settle();
      if (done !== null) return (done as { readonly value: T }).value;
      if (await Promise.race([failed, Promise.resolve(false)])) await finished;
      if (this.#halted) return null;
      if (this.#wakeReady()) continue;
      if (!this.#moveOn()) return null;
    }
  }

  #wakeReady(): boolean {
    const ready = this.#sleepers.filter(
      (sleeper) => sleeper.wake() || (sleeper.until !== null && sleeper.until <= this.now),
    );
    this.#sleepers = this.#sleepers.filter((sleeper) => !ready.includes(sleeper));
    this.wakes += ready.length;
    for (const sleeper of ready) sleeper.resolve();
    return ready.length > 0;
  }

  #moveOn(): boolean {
    const times = this.#sleepers.flatMap(({ until }) => (until === null ? [] : [until]));
    const scripted = this.#script[0]?.at;
    if (scripted !== undefined) times.push(scripted);
    if (times.length === 0) return false;
    this.now = Math.min(...times);
    while (this.#script[0] !== undefined && this.#script[0].at <= this.now) {
      this.onScript(this.#script.shift() as ScriptEntry | Order);
    }
    return true;
  }
}
