/** What the provider has taken, counted where neither our database nor our code can reach. */

export type Channel = 'http' | 'mail';
/** What the provider does with one request. */
export type Answer = 'take' | 'refuse' | 'limit' | 'hang' | 'lose';

/** One effect by the id under which it arrived. */
export interface Taken {
  readonly channel: Channel;
  /** Our idempotency key, or the Message-ID. */
  readonly id: string;
  readonly enrollmentId: string;
  readonly nodeId: string;
  /** What else the effect says of whose it is; empty where it does not. */
  readonly whose: string;
  /** How often it was taken: a provider that de-duplicates acts on the first alone. */
  count: number;
}

export class Ledger {
  readonly #taken = new Map<string, Taken>();
  readonly answers: Record<Channel, Record<Answer, number>> = { http: none(), mail: none() };
  /** Answers that were given while the connection was no longer there. */
  unheard = 0;

  take(effect: Omit<Taken, 'count'>): void {
    const key = `${effect.channel} ${effect.id}`;
    const known = this.#taken.get(key);
    if (known === undefined) this.#taken.set(key, { ...effect, count: 1 });
    else known.count += 1;
  }

  answered(channel: Channel, answer: Answer): void {
    this.answers[channel][answer] += 1;
  }

  has(channel: Channel, id: string): boolean {
    return this.#taken.has(`${channel} ${id}`);
  }

  all(): readonly Taken[] {
    return [...this.#taken.values()];
  }
}

function none(): Record<Answer, number> {
  return { take: 0, refuse: 0, limit: 0, hang: 0, lose: 0 };
}
