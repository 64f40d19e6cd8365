/** What became of what jobs have ordered. */
import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Tx } from './client';
import type { JobRow } from './jobs';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { commands } from './schema/commands';
import { enrollments } from './schema/enrollments';

export interface JobProgress {
  readonly applied: number;
  readonly refused: number;
  /** How many were refused, by the code of the reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The progress of each of the jobs. */
export async function progressOf(
  tx: Tx,
  rows: readonly JobRow[],
): Promise<(row: JobRow) => JobProgress> {
  const commanding = rows.filter(({ type }) => type === 'commands').map(({ id }) => id);
  const ofCommands = await commandProgress(tx, commanding);
  return (row) => (row.type === 'commands' ? ofCommands(row.id) : entryProgress(row));
}

/** Who enters is counted as she does. */
function entryProgress({ applied, reasons }: JobRow): JobProgress {
  const refused = Object.values(reasons).reduce((all, each) => all + each, 0);
  return { applied, refused, reasons };
}

const NOTHING: JobProgress = { applied: 0, refused: 0, reasons: {} };

async function commandProgress(
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

/** An enrollment that did not take the command of a job. */
export interface RefusedCommand {
  readonly enrollmentId: string;
  readonly contactId: string;
  readonly reason: string;
  readonly detail: string | null;
}

/** Those that did not take the command of a job, in the order in which it was ordered. */
export async function refusedCommands(
  tx: Tx,
  jobId: string,
  page: Page,
): Promise<Listed<RefusedCommand>> {
  const after = positionOf(page, BY_ID);
  const { id, enrollmentId, reason } = commands;
  const rows = await tx
    .select({ id, enrollmentId, contactId: enrollments.contactId, reason })
    .from(commands)
    .innerJoin(enrollments, eq(enrollments.id, enrollmentId))
    .where(
      and(
        eq(commands.jobId, jobId),
        eq(commands.status, 'refused'),
        after === null ? undefined : gt(id, after),
      ),
    )
    .orderBy(asc(id))
    .limit(fetchLimit(page));
  const { data, nextCursor } = listed(rows, page, (row) => row.id);
  return { data: data.map(refusedCommand), nextCursor };
}

/** What is stored is a code, or a code with details. */
function refusedCommand(row: {
  readonly enrollmentId: string;
  readonly contactId: string;
  readonly reason: string | null;
}): RefusedCommand {
  const [, code = '', detail] = /^([^:]*)(?:: (.*))?$/s.exec(row.reason ?? '') ?? [];
  const { enrollmentId, contactId } = row;
  return { enrollmentId, contactId, reason: code, detail: detail ?? null };
}
