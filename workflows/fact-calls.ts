/**
 * Facts as local activities of enrollments that began before facts took turns; see fact-turns.ts.
 *
 * A workflow task that lasts nearly its ten seconds heartbeats, and what is signalled meanwhile comes before the
 * answer of the local activity in life and behind it on replay: the commands that follow would differ.
 *
 * Invariants:
 * L1. No attempt lasts longer than five seconds, and none is repeated in the same task.
 * L2. A task whose answers have taken two seconds is ended by a timer. They say how long they took, so replay
 *     does the same.
 */
import { proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { FactActivities, Timed } from '../activities/contract';
import type { Clock } from './clock';

export type Fact = keyof FactActivities;
export type FactInput<K extends Fact> = Parameters<FactActivities[K]>[0];
export type FactAnswer<K extends Fact> = Awaited<ReturnType<FactActivities[K]>>;

/** Asks for a fact, or has one written. */
export type FactCall = <K extends Fact>(
  name: K,
  summary: string,
  input: FactInput<K>,
) => Promise<FactAnswer<K>>;

const facts = proxyLocalActivities<Record<Fact, (input: unknown) => Promise<unknown>>>({
  startToCloseTimeout: '5s',
  // Shorter than any pause: whatever is tried again waits by a timer, and its next attempt has a task of its own.
  localRetryThreshold: '1ms',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

const TASK_AT_MOST_MS = 2_000;

/** For those who began before there was a clock. */
export async function callFact<K extends Fact>(
  name: K,
  summary: string,
  input: FactInput<K>,
): Promise<FactAnswer<K>> {
  return (await ask(name, summary, input)) as FactAnswer<K>;
}

/** Has each answer move the clock by the time it took. For those who began before facts took turns. */
export function timedFactCall(clock: Clock): FactCall {
  return async function call<K extends Fact>(
    name: K,
    summary: string,
    input: FactInput<K>,
  ): Promise<FactAnswer<K>> {
    const asked = clock.now();
    const { tookMs, value } = (await ask(name, summary, { ...input, timed: true })) as Timed<
      FactAnswer<K>
    >;
    clock.reach(asked + tookMs);
    if (clock.taskMs() > TASK_AT_MOST_MS) {
      await sleep(1, { summary: 'Answers were slow' });
      clock.catchUp();
    }
    return value;
  };
}

async function ask(name: Fact, summary: string, input: object): Promise<unknown> {
  return facts[name].executeWithOptions({ summary }, [input]);
}
