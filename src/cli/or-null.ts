import { ThroughlineError } from '../client/index';

/** What the API answers, or null where it says by this code that there is none. */
export async function orNull<T>(asking: Promise<T>, missing: string): Promise<T | null> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof ThroughlineError && error.code === missing) return null;
    throw error;
  }
}
