/** What operators ordered for enrollments: a row first, judged where the enrollment is interpreted. */
import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { newId } from '../ids';
import { recordAudit } from './audit';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { enqueue } from './outbox';
import type { OutboxLane } from './schema/outbox';
import { type CommandStatus, commands } from './schema/commands';

export type CommandRow = typeof commands.$inferSelect;

export interface CommandOrder {
  readonly id?: string;
  readonly enrollmentId: string;
  readonly type: string;
  readonly input: JsonObject;
  readonly requestedBy: string;
  readonly jobId?: string;
}

/** Stores a command and has the relay ring for it. One whose id is known already is not stored again. */
export async function orderCommand(
  tx: Tx,
  { id = newId(), ...order }: CommandOrder,
  lane: OutboxLane = 'live',
): Promise<string> {
  const [stored] = await tx
    .insert(commands)
    .values({ id, ...order, requestedAt: new Date() })
    .onConflictDoNothing()
    .returning({ id: commands.id });
  if (stored) await enqueue(tx, { kind: 'bell', payload: bellFor(order.enrollmentId), lane });
  return id;
}

/** What the relay is told to ring an enrollment for its commands. */
export const bellFor = (enrollmentId: string): JsonObject => ({ enrollmentId });

export async function getCommand(tx: Tx, id: string): Promise<CommandRow | null> {
  const [row] = await tx.select().from(commands).where(eq(commands.id, id));
  return row ?? null;
}

/** The commands that were applied after the first `judged` ones, in the order in which they were. */
export async function commandsApplied(
  tx: Tx,
  enrollmentId: string,
  judged: number,
): Promise<CommandRow[]> {
  return tx
    .select()
    .from(commands)
    .where(and(eq(commands.enrollmentId, enrollmentId), gt(commands.number, judged)))
    .orderBy(asc(commands.number));
}

/** The commands that nobody has judged yet, the oldest first. */
export async function commandsPending(tx: Tx, enrollmentId: string): Promise<CommandRow[]> {
  return tx
    .select()
    .from(commands)
    .where(and(eq(commands.enrollmentId, enrollmentId), isNull(commands.number)))
    .orderBy(asc(commands.id));
}

export interface Judgement {
  readonly status: Exclude<CommandStatus, 'pending'>;
  readonly reason: string | null;
  readonly number: number;
  readonly at: Date;
}

/** Notes what became of a command, with its audit row. */
export async function judgeCommand(
  tx: Tx,
  { id, enrollmentId, type, input, requestedBy, jobId }: CommandRow,
  { status, reason, number, at }: Judgement,
): Promise<void> {
  await tx
    .update(commands)
    .set({ status, reason, number, resolvedAt: at })
    .where(eq(commands.id, id));
  await recordAudit(tx, {
    actor: requestedBy,
    action: `enrollment.${type}`,
    subjectType: 'enrollment',
    subjectId: enrollmentId,
    detail: { commandId: id, status, reason, input, ...(jobId === null ? {} : { jobId }) },
  });
}
