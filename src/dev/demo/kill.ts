/** The demo's side of the killer: starts it as a process of its own and takes its report. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** People who must be waiting when the worker is killed. */
export const LEAST_WAITING = 5;

export type KillReport =
  | {
      readonly killed: true;
      readonly pid: number;
      /** Milliseconds since the epoch. */
      readonly at: number;
      readonly waiting: number;
      /** Message-IDs of the mails in flight. */
      readonly sending: readonly string[];
    }
  /** The moment did not come. */
  | { readonly killed: false };

export type Kill = Extract<KillReport, { killed: true }>;

/** Watches the workflow and kills the worker when it hurts. Rejects with what the process said. */
export async function killWorkerWhenItHurts(
  home: string,
  workflowKey: string,
): Promise<KillReport> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'kill-worker.ts'), home, workflowKey],
    { cwd: join(__dirname, '../../..'), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const complaint = text(child.stderr);
  for await (const line of createInterface(child.stdout)) return JSON.parse(line) as KillReport;
  throw new Error(`The process that kills the worker failed: ${(await complaint).trim()}`);
}
