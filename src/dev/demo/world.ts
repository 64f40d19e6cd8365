/** What somebody outside can see: the mails that arrived, and the API's answers about the journeys. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnrollmentState, ThroughlineClient } from '../../client';
import type { CaughtMail } from '../caught-mail';

const LOOK_EVERY_MS = 250;
/** Between an answer and the script's next move. */
const TICK_MS = 50;

/** Where mails are caught, and the number of the last one that does not concern this run. */
export interface Inbox {
  readonly address: string;
  readonly after: number;
}

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
  inbox: Inbox | null,
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

/** The mails that the catcher took since the inbox was opened, in the order of arrival. */
export async function readInbox({ address, after }: Inbox): Promise<readonly CaughtMail[]> {
  const response = await fetch(`${address}/dev/inbox.json?after=${after}`, {
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`The inbox answered ${response.status}.`);
  const newestFirst = (await response.json()) as CaughtMail[];
  // An inbox like ours need not know the parameter.
  return newestFirst.filter(({ number }) => number > after).reverse();
}

/** The inbox from now on: it keeps the mails of earlier runs, to the same people. */
export async function openInbox(address: string): Promise<Inbox> {
  const mails = await readInbox({ address, after: 0 });
  return { address, after: mails.at(-1)?.number ?? 0 };
}
