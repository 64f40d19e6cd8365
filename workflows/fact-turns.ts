/**
 * Facts as local activities, one after the other, in tasks that stay short.
 *
 * Local activities that are under way side by side answer as they come in life, and in the order in which they were
 * asked on replay: what follows each of them would be in another order, and the clock would have moved otherwise.
 * A workflow task that lasts nearly its ten seconds heartbeats, and what is signalled meanwhile comes before the
 * answer in life and behind it on replay.
 *
 * Invariants:
 * F1. One fact is asked for at a time, in the order in which they are wanted.
 * F2. No attempt lasts longer than five seconds. Behind one that failed a timer ends the task.
 * F3. A task whose answers have taken two seconds is ended by a timer. They say how long they took, so replay
 *     does the same.
 * F4. Whoever waits for another attempt has given up her turn: what one path cannot get holds up no other one.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyLocalActivities,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Timed } from '../activities/contract';
import type { Clock } from './clock';
import type { Fact, FactAnswer, FactCall, FactInput } from './fact-calls';

const attempts = proxyLocalActivities<Record<Fact, (input: unknown) => Promise<unknown>>>({
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

const TASK_AT_MOST_MS = 2_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** Asks when it is her turn, and has each answer move the clock by the time it took. */
export function factCallInTurn(clock: Clock): FactCall {
  const inTurn = turns();
  return async function call<K extends Fact>(
    name: K,
    summary: string,
    input: FactInput<K>,
  ): Promise<FactAnswer<K>> {
    for (let failed = 0; ; failed += 1) {
      const answer = await inTurn(() => attempt(clock, name, summary, { ...input, timed: true }));
      if (answer !== null) return answer.value as FactAnswer<K>;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failed, 10), LONGEST_PAUSE_MS);
      if (pauseMs > FIRST_PAUSE_MS) await rest(clock, pauseMs, 'Ask again');
    }
  };
}

type Turn = <T>(work: () => Promise<T>) => Promise<T>;

function turns(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** Null when it failed for now; then a short pause has passed. */
async function attempt(
  clock: Clock,
  name: Fact,
  summary: string,
  input: object,
): Promise<Pick<Timed<unknown>, 'value'> | null> {
  const asked = clock.now();
  const answer = await once(name, summary, input);
  if (answer === null) {
    await rest(clock, FIRST_PAUSE_MS, 'Nobody answered');
    return null;
  }
  clock.reach(asked + answer.tookMs);
  if (clock.taskMs() > TASK_AT_MOST_MS) await rest(clock, 1, 'Answers were slow');
  return answer;
}

async function once(name: Fact, summary: string, input: object): Promise<Timed<unknown> | null> {
  try {
    return (await attempts[name].executeWithOptions({ summary }, [input])) as Timed<unknown>;
  } catch (error) {
    if (isFinal(error)) throw error;
    return null;
  }
}

/** What an attempt failed of comes by itself, or inside of the failure of an activity. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause.nonRetryable === true;
  return !(cause instanceof TimeoutFailure);
}

async function rest(clock: Clock, ms: number, summary: string): Promise<void> {
  await sleep(ms, { summary });
  clock.catchUp();
}
