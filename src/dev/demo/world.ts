/** What somebody outside can see: the mails that arrived, and the API's answers about the journeys. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnrollmentState, ThroughlineClient } from '../../client';
import type { CaughtMail } from '../mail-store';

const LOOK_EVERY_MS = 250;
/** Between an answer and the script's next move. */
const TICK_MS = 50;

export interface World {
  /** Mails about this cart, in the order of arrival. */
  mailsAbout(cart: string): readonly CaughtMail[];
  /** An enrollment as it was a moment ago; undefined before it is known. */
  enrollment(id: string): EnrollmentState | undefined;
  /** How many are known to have ended. */
  ended(): number;
  /** Resolves with the first answer that is not null; with null when the demo is over. */
  until<T>(look: () => T | null): Promise<T | null>;
  isOver(): boolean;
  /** Ends every `until`, then the looking. */
  close(): Promise<void>;
}

/** Looks at the inbox and the enrollments again and again. */
export function watchWorld(
  client: ThroughlineClient,
  workflowKey: string,
  inbox: string | null,
): World {
  let over = false;
  let mails: readonly CaughtMail[] = [];
  let enrollments = new Map<string, EnrollmentState>();
  const look = async (): Promise<void> => {
    const [arrived, { data }] = await Promise.all([
      inbox === null ? [] : readInbox(inbox),
      client.enrollments.list(workflowKey, { limit: 100 }),
    ]);
    mails = arrived;
    enrollments = new Map(data.map((enrollment) => [enrollment.id, enrollment]));
  };
  const looking = (async () => {
    while (!over) {
      // An answer that fails to come is no news.
      await look().catch(() => undefined);
      await sleep(LOOK_EVERY_MS);
    }
  })();
  return {
    mailsAbout: (cart) => mails.filter(({ text }) => text?.includes(`/${cart}/`)),
    enrollment: (id) => enrollments.get(id),
    ended: () => [...enrollments.values()].filter(({ endedAt }) => endedAt !== null).length,
    isOver: () => over,
    async until(answer) {
      for (; !over; await sleep(TICK_MS)) {
        const found = answer();
        if (found !== null) return found;
      }
      return null;
    },
    async close() {
      over = true;
      await looking;
    },
  };
}

/** Every mail that the catcher has, in the order of arrival. */
export async function readInbox(inbox: string): Promise<readonly CaughtMail[]> {
  const response = await fetch(`${inbox}/dev/inbox.json`, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`The inbox answered ${response.status}.`);
  const newestFirst = (await response.json()) as CaughtMail[];
  return newestFirst.reverse();
}
