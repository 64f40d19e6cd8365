/** What became of the commands that jobs have ordered. */
import { and, count, inArray, sql } from 'drizzle-orm';
import type { Tx } from './client';
import { commands } from './schema/commands';

export interface JobProgress {
  readonly applied: number;
  readonly refused: number;
  /** How many were refused, by the code of the reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

const NOTHING: JobProgress = { applied: 0, refused: 0, reasons: {} };

/** The progress of each job, by its id. */
export async function progressOf(
  tx: Tx,
  jobIds: readonly string[],
): Promise<(jobId: string) => JobProgress> {
  if (jobIds.length === 0) return () => NOTHING;
  const code = sql<string | null>`split_part(${commands.reason}, ':', 1)`;
  const rows = await tx
    .select({ jobId: commands.jobId, status: commands.status, code, count: count() })
    .from(commands)
    .where(and(inArray(commands.jobId, [...jobIds]), sql`${commands.status} <> 'pending'`))
    .groupBy(commands.jobId, commands.status, code);
  return (jobId) => {
    const own = rows.filter((row) => row.jobId === jobId);
    const sum = (status: string) =>
      own.reduce((all, row) => all + (row.status === status ? row.count : 0), 0);
    const refused = own.filter((row) => row.status === 'refused');
    return {
      applied: sum('applied'),
      refused: sum('refused'),
      reasons: Object.fromEntries(refused.map((row) => [row.code ?? '', row.count])),
    };
  };
}
