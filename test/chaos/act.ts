/** Lets the faults of a schedule happen, each at its time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Scheduled } from './faults';
import { attemptsUnderWay, type Happened } from './observed';
import { MOODS } from './provider';
import type { Stack } from './stack';

/** Resolves when all of it is over. A failure to do harm is a failure of the run. */
export async function act(
  stack: Stack,
  schedule: readonly Scheduled[],
  say: (line: string) => void,
): Promise<Happened[]> {
  const from = Date.now();
  const servers = new Queues();
  const happened = schedule.map(async (scheduled): Promise<Happened> => {
    const { fault, atMs } = scheduled;
    await sleep(Math.max(0, from + atMs - Date.now()));
    return servers.inTurn(partOf(fault), async () => {
      const underWay = await attemptsUnderWay(stack.sql).catch(() => 0);
      const beganAt = Date.now();
      say(describeFault(fault));
      await doHarm(stack, fault);
      return { ...scheduled, beganAt, endedAt: Date.now(), underWay };
    });
  });
  return Promise.all(happened);
}

/** Whatever happens to one part waits for what is happening to it. */
class Queues {
  readonly #last = new Map<string, Promise<unknown>>();

  inTurn<T>(part: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(part) ?? Promise.resolve();
    const now = before.then(work);
    this.#last.set(
      part,
      now.catch(() => undefined),
    );
    return now;
  }
}

function partOf(fault: Fault): string {
  if ('who' in fault) return `${fault.kind.split(' ')[0]} ${fault.who}`;
  return 'link' in fault ? fault.link : fault.kind;
}

async function doHarm(stack: Stack, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'worker SIGKILL':
      return stack.workers[fault.who]?.strike('SIGKILL');
    case 'worker SIGTERM':
      return stack.workers[fault.who]?.strike('SIGTERM');
    case 'API SIGKILL':
      return stack.apis[fault.who]?.strike('SIGKILL');
    case 'Temporal SIGKILL':
      return stack.temporal.strike(fault.forMs);
    case 'PostgreSQL immediate stop':
      return stack.postgres.strike(fault.forMs);
    case 'worker SIGSTOP':
      stack.workers[fault.who]?.freeze();
      await sleep(fault.forMs);
      stack.workers[fault.who]?.thaw();
      return;
    case 'provider':
      stack.provider.mood = MOODS[fault.mood];
      await sleep(fault.forMs);
      stack.provider.mood = MOODS.usual;
      return;
    default:
      return disturb(stack, fault);
  }
}

async function disturb(stack: Stack, fault: Extract<Fault, { link: string }>): Promise<void> {
  const link = stack.links.get(fault.link);
  if (fault.kind === 'link cut') await link?.cut();
  else if (fault.kind === 'link silent') await link?.hush();
  else await link?.slow(LATENCY_MS);
  await sleep(fault.forMs);
  await link?.heal();
}

const LATENCY_MS = 400;

/** A fault in words. */
export function describeFault(fault: Fault): string {
  const lasts = 'forMs' in fault ? ` for ${(fault.forMs / 1_000).toFixed(1)} s` : '';
  if ('who' in fault) return `${fault.kind} of ${fault.kind.split(' ')[0]} ${fault.who}${lasts}`;
  if ('link' in fault) return `${fault.kind}: ${fault.link}${lasts}`;
  return `${fault.kind}${'mood' in fault ? ` ${fault.mood}` : ''}${lasts}`;
}
