/** People who go together: into a journey up to its wait for an event, and out of it by that event. */
import { setTimeout as sleep } from 'node:timers/promises';
import { enter, look, type Passage, ring, until } from '../passages';
import type { World } from '../world';

/** So many are under way at once: more would only queue. */
const CHUNK = 50;
/** Long enough for a machine that has much else to do. */
const PATIENCE = { everyMs: 200, giveUpMs: 600_000 };

/** Lets so many people in; resolves when all of them listen. */
export async function gather(world: World, workflowId: string, count: number): Promise<Passage[]> {
  const gathered: Passage[] = [];
  for (let left = count; left > 0; left -= CHUNK) {
    const contacts = await world.contacts(Math.min(CHUNK, left));
    const entered: Passage[] = [];
    for (const contact of contacts) entered.push(await enter(world, workflowId, contact));
    const listen = async () => (await look(world, entered)).listening.length === entered.length;
    await until(`${entered.length} people listen`, listen, PATIENCE);
    gathered.push(...entered);
  }
  return gathered;
}

/** Rings them out, one after the other at an even pace; resolves when all have ended. */
export async function dismiss(
  world: World,
  passages: readonly Passage[],
  paceMs: number,
): Promise<void> {
  for (let from = 0; from < passages.length; from += CHUNK) {
    const some = passages.slice(from, from + CHUNK);
    for (const passage of some) {
      const pace = sleep(paceMs);
      await ring(world, passage);
      await pace;
    }
    const ended = async () => (await look(world, some)).ended.size === some.length;
    await until(`${some.length} people have ended`, ended, PATIENCE);
  }
}
