import { setTimeout } from 'node:timers/promises';

const GIVE_UP_MS = 45_000;

/** Asks until the answer is there; a condition of another process can only be asked for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
): Promise<T> {
  const until = Date.now() + GIVE_UP_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`It never happened that ${what}.`);
    await setTimeout(20);
  }
}
