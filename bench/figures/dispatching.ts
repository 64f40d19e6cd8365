/** Events as the relay takes them off the outbox, one after the other, by the product's own code. */
import type postgres from 'postgres';
import { openDatabase } from '../../src/db/client';
import { recordEvent } from '../../src/db/events';
import { claimOutbox, completeOutbox } from '../../src/db/outbox';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { dispatchEvent } from '../../src/temporal/dispatch';
import { AWAITED, type Crowd, newcomers, TRIGGER, UNHEARD } from './crowd';

/** An event that nobody asks for, one that a wait of its contact hears, and one that lets somebody in. */
export const KINDS = ['unheard', 'heard', 'entered'] as const;
export type Kind = (typeof KINDS)[number];

const TYPES: Readonly<Record<Kind, string>> = {
  unheard: UNHEARD,
  heard: AWAITED,
  entered: TRIGGER,
};

export interface Desk {
  /** Stores an event, as the API does. */
  store(kind: Kind, contactId: string): Promise<void>;
  /** Does with the earliest event what the relay does, short of calling Temporal. */
  dispatch(kind: Kind): Promise<void>;
  close(): Promise<void>;
}

const LEASE_MS = 60_000;

/** Connections of one relay, under a name by which PostgreSQL knows them. */
export async function openDesk(url: string, { workspaceId }: Crowd, name: string): Promise<Desk> {
  const db = await openDatabase({ url, name, max: 2 });
  const outbox = await openDatabase({ url, name, max: 2, role: 'throughline_relay' });
  const evaluators = createEvaluators();
  return {
    async store(kind, contactId) {
      const now = new Date();
      const event = { contactId, type: TYPES[kind], properties: { total: 12 } };
      await db.inWorkspace(workspaceId, (tx) =>
        recordEvent(tx, { ...event, occurredAt: now, receivedAt: now }),
      );
    },
    async dispatch(kind) {
      const [row] = await claimOutbox(outbox, { limit: 1, leaseMs: LEASE_MS });
      if (row?.kind !== 'event') throw new Error('The outbox holds no event.');
      const done = await dispatchEvent({ db, evaluators, leaseMs: LEASE_MS }, row);
      await Promise.all(done.bells.map((bell) => completeOutbox(outbox, [bell.row])));
      assertFollows(kind, { bells: done.bells.length, starts: done.leftRows });
    },
    close: async () => {
      await Promise.all([db.close(), outbox.close()]);
    },
  };
}

/** A figure about something else than was meant is worse than none. */
function assertFollows(kind: Kind, { bells, starts }: { bells: number; starts: boolean }): void {
  if (bells === (kind === 'heard' ? 1 : 0) && starts === (kind === 'entered')) return;
  throw new Error(
    `An event that should be "${kind}" had ${bells} bells; somebody entered: ${starts}.`,
  );
}

/** Whom so many events are about. */
export async function peopleFor(
  sql: postgres.Sql,
  { workspaceId, waiting }: Crowd,
  kind: Kind,
  count: number,
): Promise<string[]> {
  if (kind === 'entered') return newcomers(sql, workspaceId, count);
  // Spread by position instead of chance, so that runs are alike.
  return Array.from(
    { length: count },
    (_, index) => waiting[(index * 7_919) % waiting.length] ?? '',
  );
}

/** Removes what the events have left, so that the next ones find what these found. */
export async function tidy(sql: postgres.Sql): Promise<void> {
  await sql`delete from outbox`;
  await sql`delete from enrollments where trigger_event_id is not null`;
}

/** Lets one event after the other be stored, then one after the other dispatched; the milliseconds of each. */
export async function timed(
  items: readonly string[],
  work: (item: string) => Promise<void>,
): Promise<number[]> {
  const took: number[] = [];
  for (const item of items) {
    const began = performance.now();
    await work(item);
    took.push(performance.now() - began);
  }
  return took;
}
