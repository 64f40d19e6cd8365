/** What a publication does with people who are under way in earlier versions. */
import { z } from 'zod';
import type { Tx } from '../db/client';
import { startCommandJob } from '../db/jobs';
import { versionsUnderWay } from '../db/versions-under-way';
import type { Command } from '../journey/commands';

export const inFlight = z
  .enum(['drain', 'migrate', 'cancel'])
  .describe(
    'What becomes of people under way: `drain` lets them finish on the version they are in, `migrate` moves them to the new one, `cancel` ends their journeys.',
  );

export type InFlight = z.infer<typeof inFlight>;

interface Publication {
  readonly workflowId: string;
  readonly version: number;
  readonly inFlight: InFlight;
  readonly requestedBy: string;
}

/** Starts a job that orders a command for everybody under way in another version, if there is anybody. */
export async function startInFlightJob(tx: Tx, publication: Publication): Promise<void> {
  const { workflowId, version, requestedBy: createdBy } = publication;
  const command = commandOf(publication);
  if (command === null || (await versionsUnderWay(tx, workflowId, version)).length === 0) return;
  await startCommandJob(tx, {
    ...{ workflowId, command, createdBy },
    selection: { exceptVersion: version },
  });
}

function commandOf({ version, inFlight: what }: Publication): Command | null {
  if (what === 'drain') return null;
  if (what === 'migrate') return { type: 'migrate', input: { version, map: {} } };
  return { type: 'cancel', input: { reason: `Version ${version} was published.` } };
}
