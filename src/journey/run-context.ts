/**
 * What a node's `run` sees of the runtime.
 *
 * Owns: looking before, while and after a wait, so that no event is missed. Does not own: moving
 * (interpret.ts), or time itself (the runtime).
 *
 * Invariants:
 * R1. A bell that rings between a look and the sleep behind it wakes that sleep: the count of bells
 *     is read before the look.
 * R2. A wait times out only after one more look at or behind its deadline.
 */
import type { Instant, JsonObject } from './json';
import type { EventSearch, EventWindow, FoundEvent, RunContext, Runtime } from './runtime';
import { type Cursor, consume, effectKey, type NodeVisits } from './state';
import type { Stop } from './stop';

interface ContextParts {
  readonly enrollmentId: string;
  readonly startedAt: Instant;
  readonly label: string;
  readonly cursor: Cursor;
  readonly runtime: Runtime;
  readonly stop: Stop;
  visitsOf(node: string): NodeVisits | undefined;
}

export function createRunContext(parts: ContextParts): RunContext {
  const { cursor, runtime, stop, label } = parts;
  const key = { node: cursor.node, visit: cursor.visit };
  let heard = runtime.bells();
  const sleep = async (until: Instant | null, wake: () => boolean): Promise<void> => {
    stop.check();
    await runtime.sleep({ until, wake: () => stop.requested || wake(), summary: label });
    if (runtime.shouldContinue()) stop.request();
    stop.check();
  };
  return {
    visit: {
      number: cursor.visit,
      startedAt: cursor.startedAt,
      get memory(): JsonObject {
        return cursor.memory;
      },
    },
    now: () => runtime.now(),
    remember: (memory) => {
      cursor.memory = memory;
    },
    async waitUntil(deadline) {
      // A deadline already past is no wait, yet a first look at the clock is not enough: runtimes
      // may wake a moment early.
      while (runtime.now() < deadline) await sleep(deadline, () => false);
    },
    waitForEvent: (since, deadline) => lookAndSleep(parts, windowOf(parts, since), deadline, sleep),
    async waitForDoorbell() {
      await sleep(null, () => runtime.bells() > heard);
      heard = runtime.bells();
    },
    async perform(effect, input) {
      stop.check();
      heard = runtime.bells();
      return runtime.perform(effect, { ...key, at: runtime.now(), label }, input, stop);
    },
    sent: (deliveryKey) => {
      cursor.lastSend = { deliveryKey, at: cursor.startedAt };
    },
  };
}

type Sleep = (until: Instant | null, wake: () => boolean) => Promise<void>;

async function lookAndSleep(
  { cursor, runtime, stop }: ContextParts,
  window: Pick<EventSearch, 'from' | 'deliveryKey'>,
  deadline: Instant,
  sleep: Sleep,
): Promise<FoundEvent | null> {
  for (;;) {
    const heard = runtime.bells();
    const over = runtime.now() >= deadline;
    const found = await runtime.findEvent({
      node: cursor.node,
      visit: cursor.visit,
      ...window,
      to: deadline,
      consumed: cursor.consumed,
    });
    if (found !== null) {
      consume(cursor, found.id);
      return found;
    }
    stop.check();
    if (over) return null;
    await sleep(deadline, () => runtime.bells() > heard);
  }
}

function windowOf(
  { cursor, enrollmentId, startedAt, visitsOf }: ContextParts,
  since: EventWindow,
): Pick<EventSearch, 'from' | 'deliveryKey'> {
  if (since === 'now') return { from: cursor.startedAt, deliveryKey: null };
  if (since === 'enrolled') return { from: startedAt, deliveryKey: null };
  if (since === 'last_send') {
    const last = cursor.lastSend;
    return { from: last?.at ?? startedAt, deliveryKey: last?.deliveryKey ?? null };
  }
  const visits = visitsOf(since.node);
  if (visits === undefined) return { from: startedAt, deliveryKey: null };
  const deliveryKey = effectKey(enrollmentId, since.node, visits.count);
  return { from: visits.lastStartedAt, deliveryKey };
}
