import { Context } from '@temporalio/activity';
import type { Timed } from './contract';

/** The activity, which says how long it took where its input asks for that. */
export function timed<I, O>(activity: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    const { timed: asked, ...rest } = input as I & { readonly timed?: boolean };
    if (asked !== true) return activity(input);
    const { currentAttemptScheduledTimestampMs: scheduled } = Context.current().info;
    const value = await activity(rest as I);
    const answer: Timed<O> = { tookMs: Math.max(0, Date.now() - scheduled), value };
    return answer as O;
  };
}
