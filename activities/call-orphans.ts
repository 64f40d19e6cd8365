/**
 * Settles calls that were claimed and never recorded, and whose visit has ended: their worker died, or was
 * cut off, and no activity comes back for them.
 *
 * Owns: saying that nobody knows what became of them. Does not own: doubt while a visit lasts (call-claim.ts).
 *
 * 1. Nothing is called here, and nobody can be asked: the row becomes `unknown`, for people to see, never `done`.
 * 2. A claim is given up only when no attempt can be alive any more. One that is, its process frozen and
 *    woken, still records what it knows: `unknown` gives way to an outcome.
 */
import type { Database } from '../src/db/client';
import { giveUpClaims } from '../src/db/effects';
import { type AbandonedCall, type ChoreProgress, listAbandonedCalls } from '../src/db/upkeep';
import { LONGEST_ATTEMPT_MS } from '../src/journey/retry';
import type { Logger } from '../src/log';

interface OrphanedCallDeps {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly log: Logger;
}

const EVERY_MS = 60_000;
const PAGE = 500;

/** So long after its claim nobody records its outcome: the longest attempt, and time to write. */
export const CALL_ALIVE_FOR_MS = LONGEST_ATTEMPT_MS + 60_000;

/** What call-claim.ts says of an attempt that left no outcome, too. */
const REASON = 'interrupted';

/** A chore: no call of a visit that ended stays `claimed`. */
export function orphanedCalls(deps: OrphanedCallDeps) {
  return {
    name: 'settle_calls',
    everyMs: EVERY_MS,
    async run(_progress: ChoreProgress, stopping: AbortSignal): Promise<ChoreProgress> {
      const about = { quietMs: CALL_ALIVE_FOR_MS, limit: PAGE };
      let after: AbandonedCall | null = null;
      while (!stopping.aborted) {
        const found: AbandonedCall[] = await listAbandonedCalls(deps.outbox, { ...about, after });
        for (const workspaceId of new Set(found.map((each) => each.workspaceId)))
          await giveUp(
            deps,
            workspaceId,
            found.filter((each) => each.workspaceId === workspaceId),
          );
        after = found.at(-1) ?? null;
        if (found.length < PAGE) break;
      }
      return null;
    },
  };
}

async function giveUp(
  { db, log }: OrphanedCallDeps,
  workspaceId: string,
  calls: readonly AbandonedCall[],
): Promise<void> {
  const keys = calls.map(({ effectKey }) => effectKey);
  const givenUp = await db.inWorkspace(workspaceId, (tx) =>
    giveUpClaims(tx, keys, { quietMs: CALL_ALIVE_FOR_MS, reason: REASON }),
  );
  for (const effectKey of givenUp) {
    const fields = { event: 'call.given_up', workspaceId, effectKey };
    log.warn(fields, 'Nobody knows whether a call was taken whose visit has ended.');
  }
}
