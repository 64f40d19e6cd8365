/** Judging the canaries of all workspaces, so that one that does harm is halted while nobody looks. */
import type { Database } from '../db/client';
import { judgeCanary } from '../db/judge-canary';
import { listRunningCanaries, type Place, type RunningCanary } from '../db/upkeep';
import type { Logger } from '../log';
import { errorCode } from './error-code';
import type { Chore } from './upkeep';

export interface CanaryWatchOptions {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly log: Logger;
}

const EVERY_MS = 60_000;
const PAGE = 100;

/** Judges every running canary once a minute. */
export function canaryWatch(options: CanaryWatchOptions): Chore {
  return {
    name: 'canaries',
    everyMs: EVERY_MS,
    async run(_progress, stopping) {
      let after: Place | null = null;
      do {
        after = await judgePage(options, after);
      } while (after !== null && !stopping.aborted);
      return null;
    },
  };
}

/** Judges the running canaries behind `after`; returns where to go on, null at the end. */
async function judgePage(options: CanaryWatchOptions, after: Place | null): Promise<Place | null> {
  const running = await listRunningCanaries(options.outbox, { after, limit: PAGE });
  for (const canary of running) await judge(options, canary);
  const last = running.at(-1);
  if (last === undefined || running.length < PAGE) return null;
  return { workspaceId: last.workspaceId, id: last.workflowId };
}

async function judge(
  { db, log }: CanaryWatchOptions,
  { workspaceId, workflowId }: RunningCanary,
): Promise<void> {
  const fields = { workspaceId, workflowId };
  try {
    const halted = await db.inWorkspace(workspaceId, (tx) =>
      judgeCanary(tx, workflowId, new Date()),
    );
    if (halted === null) return;
    const { version } = halted;
    log.warn({ event: 'canary.halted', ...fields, version }, 'A canary was halted by its rates.');
  } catch (error) {
    // One that cannot be judged must not keep the others from their turn.
    const failed = { event: 'canary.not_judged', ...fields, error: errorCode(error) };
    log.warn(failed, 'A canary could not be judged.');
  }
}
