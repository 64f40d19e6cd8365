/**
 * What a node's `run` sees of the runtime.
 *
 * Owns: looking before, while and after a wait, so that no event is missed. Does not own: moving
 * (path.ts), or time itself (the runtime).
 *
 * Invariants:
 * R1. A bell that rings between a look and the sleep behind it wakes that sleep: the count of bells
 *     is read before the look. A move of another path counts as one where something is watched: a
 *     variable that it sets makes no event.
 * R2. A wait times out only after one more look at or behind its deadline.
 */
import type { GraphNode } from './graph';
import type { Instant, JsonObject } from './json';
import type { RunOutcome } from './outcome';
import type { EventSearch, EventWindow, FoundEvent, RunContext, Runtime } from './runtime';
import type { WatchState } from './runtime';
import { type Cursor, consume, effectKey, type NodeVisits } from './state';
import type { Stop } from './stop';

interface ContextParts {
  readonly enrollmentId: string;
  readonly startedAt: Instant;
  readonly label: string;
  readonly node: GraphNode;
  readonly cursor: Cursor;
  readonly runtime: Runtime;
  readonly stop: Stop;
  visitsOf(node: string): NodeVisits | undefined;
  /** Whether a node does something outside, so that events may be about that. */
  isEffect(node: string): boolean;
  watchState(): WatchState;
  /** How often some path has moved on. */
  moves(): number;
  /** Hears that the end of a wait is known. */
  waits(): void;
  /** Whether the join that the path stands on needs to wait no longer. */
  joined(): boolean;
  considerStopping(): void;
}

export function createRunContext(parts: ContextParts): RunContext {
  const { cursor, runtime, stop, node } = parts;
  const sleep = sleeper(parts);
  let heard = runtime.bells();
  return {
    visit: {
      number: cursor.visit,
      startedAt: cursor.startedAt,
      anchor: cursor.anchor,
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
    settle: () => askAndSleep(parts, sleep),
    async waitForBranches(deadline) {
      while (!parts.joined()) {
        if (deadline !== null && runtime.now() >= deadline) return false;
        await sleep(deadline, parts.joined);
      }
      return true;
    },
    async waitForDoorbell() {
      await sleep(null, () => runtime.bells() > heard);
      heard = runtime.bells();
    },
    async perform(effect, input) {
      stop.check();
      heard = runtime.bells();
      const { retry, timeout } = node;
      const attempt = {
        ...visitOf(cursor),
        at: runtime.now(),
        label: parts.label,
        watch: parts.watchState(),
        retry,
        ...(timeout === undefined ? {} : { timeout }),
      };
      return runtime.perform(effect, attempt, input, stop);
    },
    sent: (deliveryKey) => {
      cursor.lastSend = { deliveryKey, at: cursor.startedAt };
    },
  };
}

type Sleep = (until: Instant | null, wake: () => boolean) => Promise<void>;

function sleeper({ cursor, runtime, stop, label, waits, considerStopping }: ContextParts): Sleep {
  return async (until, wake) => {
    stop.check();
    cursor.until = until;
    if (until !== null) waits();
    const woken = () => stop.requested || runtime.commandsDue() || wake();
    await runtime.sleep({ until, wake: woken, summary: label });
    considerStopping();
    stop.check();
  };
}

const visitOf = ({ node, visit }: Cursor) => ({ node, visit });

async function askAndSleep(
  { cursor, runtime, stop, node, moves }: ContextParts,
  sleep: Sleep,
): Promise<RunOutcome<never>> {
  const watches = (node.type.watches?.(node.config) ?? null) !== null;
  const rung = () => runtime.bells() + (watches ? moves() : 0);
  for (;;) {
    const heard = rung();
    const { startedAt, anchor, memory } = cursor;
    const answer = await runtime.ask({
      ...visitOf(cursor),
      startedAt,
      anchor,
      memory,
      at: runtime.now(),
    });
    if ('ended' in answer) {
      const { port, reason, exits = false } = answer.ended;
      return { port: port as null, reason: { code: reason }, exits };
    }
    stop.check();
    await sleep(answer.until, () => rung() > heard);
  }
}

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
      ...visitOf(cursor),
      ...window,
      to: deadline,
      consumed: cursor.consumed,
      memory: cursor.memory,
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
  { cursor, enrollmentId, startedAt, visitsOf, isEffect }: ContextParts,
  since: EventWindow,
): Pick<EventSearch, 'from' | 'deliveryKey'> {
  if (since === 'now') return { from: cursor.startedAt, deliveryKey: null };
  if (since === 'enrolled') return { from: startedAt, deliveryKey: null };
  if (since === 'last_send') {
    const last = cursor.lastSend;
    return { from: last?.at ?? startedAt, deliveryKey: last?.deliveryKey ?? null };
  }
  const latest = visitsOf(since.node)?.latest ?? null;
  if (latest === null) return { from: startedAt, deliveryKey: null };
  // A node that sends nothing has no message that an event could be about.
  const deliveryKey = isEffect(since.node)
    ? effectKey(enrollmentId, since.node, latest.visit)
    : null;
  return { from: latest.startedAt, deliveryKey };
}
