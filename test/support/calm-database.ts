/**
 * A worker's database under skipped time, where the test server is stricter than Temporal:
 * - a bell that is on its way while time is skipped arrives days late, so a transaction is over only when
 *   the relay has done what it was left;
 * - an effect that ends while the task that cancels it is under way breaks that task for good, so effects
 *   end one at a time, while nothing else moves in their enrollment.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Database } from '../../src/db/client';

/** After so long without a look at the facts, or an end of an effect, a workflow's task has been answered. */
const CALM_MS = 70;
const PATIENCE_MS = 2_000;

interface Stir {
  underWay: number;
  endedAt: number;
}

/** The database; `settled` resolves once the relay has nothing left to do. */
export function calmDatabase(db: Database, settled: () => Promise<void>): Database {
  const stirs = new Map<string, Stir>();
  const stirOf = (workflowId: string): Stir => {
    const known = stirs.get(workflowId) ?? { underWay: 0, endedAt: 0 };
    stirs.set(workflowId, known);
    return known;
  };
  return {
    ...db,
    async inWorkspace(workspaceId, work) {
      const here = whoAsks();
      if (here === null) return db.inWorkspace(workspaceId, work);
      const stir = stirOf(here.workflowId);
      if (here.isLocal) stir.underWay += 1;
      try {
        const result = await db.inWorkspace(workspaceId, work);
        await settled();
        if (!here.isLocal) await calm(stir);
        return result;
      } finally {
        if (here.isLocal) {
          stir.underWay -= 1;
          stir.endedAt = performance.now();
        }
      }
    },
  };
}

async function calm(stir: Stir): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    if (stir.underWay === 0 && performance.now() - stir.endedAt > CALM_MS) break;
    await sleep(CALM_MS / 7);
  }
  // What follows from this end must have been answered before another effect ends.
  stir.endedAt = performance.now();
}

/** The activity around; null where the worker itself asks. */
function whoAsks(): { readonly workflowId: string; readonly isLocal: boolean } | null {
  try {
    const { isLocal, workflowExecution } = Context.current().info;
    return { isLocal, workflowId: workflowExecution?.workflowId ?? '' };
  } catch {
    return null;
  }
}
