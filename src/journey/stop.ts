import { PathStopped, type StopSignal } from './runtime';

/** Asks paths to stop: one request, heard by whoever waits now or looks later. */
export class Stop implements StopSignal {
  #callbacks: (() => void)[] = [];
  #requested = false;

  get requested(): boolean {
    return this.#requested;
  }

  onRequest(callback: () => void): void {
    if (this.#requested) callback();
    else this.#callbacks.push(callback);
  }

  request(): void {
    if (this.#requested) return;
    this.#requested = true;
    for (const callback of this.#callbacks.splice(0)) callback();
  }

  /** @throws PathStopped once a stop was requested. */
  check(): void {
    if (this.#requested) throw new PathStopped();
  }

  /** One that stops with this one, or alone. */
  child(): Stop {
    const child = new Stop();
    this.onRequest(() => child.request());
    return child;
  }
}
