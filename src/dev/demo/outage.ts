/** The worker's end and return, as the demo tells of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoContext } from '../demo-context';
import { type Outage, seconds } from './explain';
import type { Query } from './facts';
import { type Kill, killWorkerWhenItHurts } from './kill';
import type { Narrator } from './narrator';
import { countUnsettled, movedOnAfter } from './under-way';

/** Long enough for the killer to find several mails whose senders still wait for the answer. */
const ANSWER_DELAY_MS = 2_500;
const LOOK_EVERY_MS = 200;
const LONGEST_MS = 60_000;

export interface KillAndReturn {
  /** Null when the moment to kill did not come. */
  readonly kill: Kill | null;
  /** Null when no journey moved on after the kill. */
  readonly outage: Outage | null;
}

/** Holds the mail server's answers back, lets the worker be killed meanwhile, and watches it come back. */
export async function killAndReturn(
  context: DemoContext,
  workflowKey: string,
  query: Query,
  { say }: Narrator,
): Promise<KillAndReturn> {
  context.delayMail(ANSWER_DELAY_MS);
  const kill = await killWorkerWhenItHurts(context.home, workflowKey).finally(() =>
    context.delayMail(0),
  );
  if (!kill.killed) return { kill: null, outage: null };
  const { pid, waiting, sending, at } = kill;
  const mails = sending.length === 1 ? '1 mail' : `${sending.length} mails`;
  say(`SIGKILL: worker ${pid}, ${waiting} people waiting, ${mails} in flight`);
  const moved = await poll(() => query((tx) => movedOnAfter(tx, workflowKey, new Date(at))));
  if (moved === null) return { kill, outage: null };
  const outage = { from: at, to: moved.getTime() };
  say(`${seconds(outage.to - at)} after the kill the journeys move on`);
  const settled = await poll(async () =>
    (await query((tx) => countUnsettled(tx, sending))) === 0 ? 'settled' : null,
  );
  if (settled !== null) say(`The fate of the ${mails} in flight is known`);
  return { kill, outage };
}

/** Asks until there is an answer; null when it does not come. */
async function poll<T>(ask: () => Promise<T | null>): Promise<T | null> {
  for (const giveUp = Date.now() + LONGEST_MS; Date.now() < giveUp; await sleep(LOOK_EVERY_MS)) {
    const answer = await ask();
    if (answer !== null) return answer;
  }
  return null;
}
