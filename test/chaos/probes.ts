/** People who sleep for some seconds and whose waking falls behind a fault of a worker: enough of them for a percentile. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QUIET_MS, type Scheduled } from './faults';
import { PROBE, PROBE_WAITS_MS } from './journeys';
import type { Workspace } from './load';
import type { Rest } from './rest';

/** For each fault. */
const PROBES = 6;
/** The time behind a fault in which they are due, evenly. */
const SPREAD_MS = 3_600;

/** Lets them in, each so long before its fault that it is due soon after. Resolves when all are in. */
export async function probe(
  rest: Rest,
  workspaces: readonly Workspace[],
  schedule: readonly Scheduled[],
): Promise<void> {
  const from = Date.now();
  const struck = schedule.filter(({ fault }) => QUIET_MS[fault.kind] !== undefined);
  const entries = struck.flatMap(({ atMs }) =>
    Array.from(
      { length: PROBES },
      (_, index) => atMs - PROBE_WAITS_MS + (index * SPREAD_MS) / PROBES,
    ),
  );
  await Promise.all(
    entries.map(async (atMs, index) => {
      await sleep(Math.max(0, from + atMs - Date.now()));
      const apiKey = workspaces[index % workspaces.length]?.apiKey ?? '';
      const contact = { externalId: randomUUID() };
      const path = `/workflows/${PROBE}/enrollments`;
      const { status, body } = await rest('POST', path, apiKey, { contact });
      if (status >= 300) throw new Error(`${path} was refused: ${JSON.stringify(body)}`);
    }),
  );
}
