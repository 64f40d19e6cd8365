/** Whether any history or log shows that code and history disagreed. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';

export interface HistoryFindings {
  readonly read: number;
  /** Runs that began as the continuation of another. */
  readonly continued: number;
  /** By Temporal's number of the cause. */
  readonly failedTasks: Readonly<Record<string, number>>;
  readonly nonDeterministic: readonly string[];
  readonly nonDeterminismInLogs: number;
  /** Processes that an error ended which nobody caught. */
  readonly crashes: number;
}

/** WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR in Temporal's API. */
const NON_DETERMINISTIC = 24;
const LOGGED = /nondetermin|non-determin|TMPRL1100/i;
/** The last line that Node.js writes then. */
const CRASHED = /^Node\.js v\d/;
const AT_ONCE = 8;

export async function judgeHistories(
  port: number,
  logs: string,
  most: number,
): Promise<HistoryFindings> {
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  const client = new Client({ connection });
  const failedTasks: Record<string, number> = {};
  const nonDeterministic: string[] = [];
  let read = 0;
  let continued = 0;
  const look = async ({ workflowId, runId }: Run): Promise<void> => {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    read += 1;
    for (const { workflowTaskFailedEventAttributes: failed, ...event } of events ?? []) {
      if (event.workflowExecutionStartedEventAttributes?.continuedExecutionRunId) continued += 1;
      if (!failed) continue;
      failedTasks[String(failed.cause)] = (failedTasks[String(failed.cause)] ?? 0) + 1;
      if (Number(failed.cause) === NON_DETERMINISTIC)
        nonDeterministic.push(`${workflowId} ${runId}`);
    }
  };
  try {
    const runs = await runsOf(client, most);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let run = runs.pop(); run !== undefined; run = runs.pop()) await look(run);
      }),
    );
  } finally {
    await connection.close();
  }
  return {
    read,
    continued,
    failedTasks,
    nonDeterministic,
    nonDeterminismInLogs: await linesIn(logs, LOGGED),
    crashes: await linesIn(logs, CRASHED),
  };
}

interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

async function runsOf(client: Client, most: number): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    if (runs.push({ workflowId, runId }) >= most) break;
  }
  return runs;
}

/** Lines of the processes' logs that match. */
async function linesIn(folder: string, pattern: RegExp): Promise<number> {
  let count = 0;
  const logs = (await readdir(folder)).filter((name) => /^(worker|api)-\d+\.log$/.test(name));
  for (const name of logs) {
    const lines = createInterface({ input: createReadStream(join(folder, name)) });
    for await (const line of lines) if (pattern.test(line)) count += 1;
  }
  return count;
}
