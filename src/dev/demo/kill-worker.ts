/**
 * A process of its own that kills the worker with SIGKILL, at a moment that hurts: people wait, and mails
 * are on their way whose senders will never hear the answer.
 *
 * Arguments: the home folder of the copy, and the key of the workflow to watch. Prints one line of JSON.
 *
 * K1. Only the worker that `run.json` names is killed, and only while that process is a worker.
 * K2. It kills once, or not at all when the moment does not come in time.
 */
process.env['TZ'] = 'UTC';

import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookUpApiKey } from '../../db/api-keys';
import { type Database, openDatabase } from '../../db/client';
import type { RunFile } from '../demo-context';
import { processCommand } from '../processes';
import { LEAST_WAITING, type KillReport } from './kill';
import { type UnderWay, underWay } from './under-way';

/** Enough mails to be worth a look; after the patience one is enough. */
const WANTED_IN_FLIGHT = 3;
const PATIENCE_MS = 1_200;
const LOOK_EVERY_MS = 15;
const GIVE_UP_AFTER_MS = 30_000;

async function main(home: string, workflowKey: string): Promise<void> {
  const run = runFile(home);
  const db = await openDatabase({ url: run.databaseUrl, name: 'throughline-demo-kill', max: 2 });
  try {
    const key = await lookUpApiKey(db, run.apiKey);
    if (key === null) throw new Error('The key of run.json is not known to the database.');
    const seen = await theMoment(db, key.workspaceId, workflowKey, run.inbox);
    if (seen === null) return report({ killed: false });
    const pid = killWorker(home);
    report({ killed: true, pid, at: Date.now(), ...seen });
  } finally {
    await db.close();
  }
}

/** Waits for people who wait and mails in flight. Null when they do not come together in time. */
async function theMoment(
  db: Database,
  workspaceId: string,
  workflowKey: string,
  inbox: string | null,
): Promise<UnderWay | null> {
  const giveUp = Date.now() + GIVE_UP_AFTER_MS;
  for (let since: number | null = null; Date.now() < giveUp; await sleep(LOOK_EVERY_MS)) {
    const now = await db.inWorkspace(workspaceId, (tx) => underWay(tx, workflowKey));
    if (now.waiting < LEAST_WAITING || now.sending.length === 0) continue;
    const inFlight = await Promise.all(now.sending.map((id) => hasArrived(inbox, id)));
    const sending = now.sending.filter((_, index) => inFlight[index]);
    if (sending.length === 0) continue;
    since ??= Date.now();
    if (sending.length >= WANTED_IN_FLIGHT || Date.now() - since > PATIENCE_MS)
      return { waiting: now.waiting, sending };
  }
  return null;
}

/** Whether the mail server has the mail already, so that only the answer is missing. */
async function hasArrived(inbox: string | null, messageId: string): Promise<boolean> {
  if (inbox === null) return true;
  const response = await fetch(`${inbox}/dev/messages/${encodeURIComponent(messageId)}`);
  await response.body?.cancel();
  return response.ok;
}

function killWorker(home: string): number {
  const { worker } = runFile(home).pids;
  if (worker === null || !processCommand(worker)?.includes('worker.ts'))
    throw new Error(`run.json names the process ${worker} as the worker, and it is none.`);
  process.kill(worker, 'SIGKILL');
  return worker;
}

/** At once: the one who asked tells of it before the supervisor does. */
function report(seen: KillReport): void {
  writeSync(process.stdout.fd, `${JSON.stringify(seen)}\n`);
}

function runFile(home: string): RunFile {
  return JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as RunFile;
}

const [home = '', workflowKey = ''] = process.argv.slice(2);
main(home, workflowKey).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
