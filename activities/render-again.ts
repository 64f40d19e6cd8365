/** A template that took too long may have met a busy machine, so it is rendered again before it is blamed. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Pauses before each further try: all of them together are within one attempt of an activity. */
const PAUSES_MS = [300, 1_500];

/** Does the work anew where it fails for taking too long; the last try is told that it is, and its failure stands. */
export async function renderingAgain<T>(
  tookTooLong: (error: unknown) => boolean,
  work: (lastTry: boolean) => Promise<T>,
): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work(false);
    } catch (error) {
      if (!tookTooLong(error)) throw error;
    }
    await sleep(pauseMs);
  }
  return work(true);
}
