/** What is told to the API, and what it answered. */
import type { Answered, Rest } from '../chaos/rest';
import type { Place } from './people';

/** An event as it is sent. */
export interface SentEvent {
  readonly id: string;
  readonly externalId: string;
  readonly type: string;
  readonly email?: string;
  readonly createContact?: boolean;
  readonly occurredAt?: string;
}

/** The sums of all answers. */
export interface Told {
  /** Ids of events, each once. */
  readonly eventIds: Set<string>;
  /** Events sent, those counted more than once that were sent more than once. */
  sent: number;
  accepted: number;
  duplicates: number;
  /** Whatever was not taken. */
  readonly refused: string[];
}

export const nothingTold = (): Told => ({
  ...{ eventIds: new Set<string>(), sent: 0, accepted: 0, duplicates: 0, refused: [] },
});

/** Speaks to the API for people, and notes what it answers. */
export class Sender {
  constructor(
    readonly rest: Rest,
    readonly told: Told,
  ) {}

  /** A single event goes as one, several as an array. */
  async events(place: Place, events: readonly SentEvent[]): Promise<void> {
    const { told } = this;
    for (const { id } of events) told.eventIds.add(id);
    told.sent += events.length;
    const { status, body } = await this.call(
      place,
      '/events',
      events.length === 1 ? events[0] : events,
    );
    if (status >= 300) return;
    told.accepted += Number(body['accepted']);
    told.duplicates += Number(body['duplicates']);
    for (const result of (body['results'] ?? []) as { index: number; message: string }[])
      told.refused.push(`${JSON.stringify(events[result.index])}: ${result.message}`);
  }

  async call(place: Place, path: string, body: unknown): Promise<Answered> {
    const answer = await this.rest('POST', path, place.apiKey, body);
    if (answer.status >= 300)
      this.told.refused.push(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

/** Does the work for each item, so many at once. */
export async function sideBySide<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      // All take from one iterator.
      for (const item of left) await work(item);
    }),
  );
}
