/** Figures that only the database knows, as gauges: of all workspaces, the same whichever process is asked. */
import type { Gauge } from 'prom-client';
import { jobsOpen, messagesInDoubt, outboxOldest, outboxRows, stuckEnrollments } from '../metrics';
import type { Database } from './client';
import { databaseFailure } from './failure';
import type { JobStatus } from './schema/jobs';
import type { OutboxLane } from './schema/outbox';
import type { StuckReason } from './schema/stuck-enrollments';

const LANES: readonly OutboxLane[] = ['live', 'bulk'];
const OPEN_JOBS: readonly JobStatus[] = ['running', 'paused'];
const STUCK: readonly StuckReason[] = ['not_started', 'wait_over', 'step_open', 'no_step'];

/** Who asks more often gets the figures of before: counting a long outbox costs the database something. */
const FRESH_FOR_MS = 5_000;

type Shown = readonly [gauge: Gauge<string>, label: string, known: readonly string[]];

/** By the names that `throughline.figures` has for them, with the labels that are 0 where it says nothing. */
const GAUGES: Readonly<Record<string, Shown>> = {
  outbox_rows: [outboxRows, 'lane', LANES],
  outbox_oldest_seconds: [outboxOldest, 'lane', LANES],
  jobs: [jobsOpen, 'status', OPEN_JOBS],
  stuck: [stuckEnrollments, 'reason', STUCK],
  messages_in_doubt: [messagesInDoubt, 'channel', ['email', 'notification']],
};

interface Figure {
  readonly figure: string;
  readonly label: string;
  readonly value: number;
}

/** Reads the figures into their gauges; where the database does not answer there are none. Needs throughline_relay. */
export function figuresOf(db: Database): () => Promise<void> {
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - readAt < FRESH_FOR_MS) return;
    try {
      const rows = await db.sql<Figure[]>`select figure, label, value from throughline.figures()`;
      show(rows);
      readAt = performance.now();
    } catch (error) {
      for (const [gauge] of Object.values(GAUGES)) gauge.reset();
      throw databaseFailure(error);
    }
  };
}

function show(rows: readonly Figure[]): void {
  for (const [figure, [gauge, label, known]] of Object.entries(GAUGES)) {
    gauge.reset();
    for (const name of known) gauge.set({ [label]: name }, 0);
    for (const row of rows) if (row.figure === figure) gauge.set({ [label]: row.label }, row.value);
  }
}
