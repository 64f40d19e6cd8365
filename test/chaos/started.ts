/** What a run has started, ended in the opposite order. */

type Stop = () => Promise<unknown>;

export class Started {
  readonly #starting: Promise<unknown>[] = [];
  readonly #stops: Stop[] = [];

  /** Ends with everything else. */
  with(stop: Stop): void {
    this.#stops.push(stop);
  }

  /** What is being started, which ends with everything else. */
  own<T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
    const owned = starting.then((started) => {
      this.with(() => started.stop());
      return started;
    });
    this.#starting.push(owned);
    return owned;
  }

  /** Waits for what is still being started. A failure to end one leaves none of the others running. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#starting.splice(0));
    for (const end of this.#stops.splice(0).reverse()) await end().catch(() => undefined);
  }
}
