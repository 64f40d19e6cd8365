/** What operators ordered for enrollments: a row first, judged where the enrollment is interpreted. */
import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import { newId } from '../ids';
import { type Refusal, readCommand } from '../journey/commands';
import { recordAudit } from './audit';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { enqueue, enqueueMany } from './outbox';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
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

/** Stores a command for each of the enrollments, and has the relay ring for them behind what is live. */
export async function orderForMany(
  tx: Tx,
  enrollmentIds: readonly string[],
  order: Omit<CommandOrder, 'id' | 'enrollmentId'>,
): Promise<void> {
  if (enrollmentIds.length === 0) return;
  const requestedAt = new Date();
  await tx
    .insert(commands)
    .values(
      enrollmentIds.map((enrollmentId) => ({ id: newId(), enrollmentId, ...order, requestedAt })),
    );
  await enqueueMany(
    tx,
    enrollmentIds.map((id) => ({ kind: 'bell', lane: 'bulk', payload: bellFor(id) })),
  );
}

/** What the relay is told to ring an enrollment for its commands. */
export const bellFor = (enrollmentId: string): JsonObject => ({ enrollmentId });

/** Stores a command that nobody needs to judge, since it is refused as it comes; with its audit row. */
export async function refuseOrder(tx: Tx, order: CommandOrder, reason: Refusal): Promise<void> {
  const at = new Date();
  const [row] = await tx
    .insert(commands)
    .values({ id: newId(), ...order, requestedAt: at })
    .returning();
  if (row) await judgeCommand(tx, row, { status: 'refused', reason, number: null, at });
}

/** Puts a command that was judged as it came among those of its enrollment; its audit row is the caller's. */
export async function noteJudged(
  tx: Tx,
  order: CommandOrder,
  refusedFor: string | null,
): Promise<void> {
  const at = new Date();
  const status = refusedFor === null ? 'applied' : 'refused';
  const judged = { status, reason: refusedFor, requestedAt: at, resolvedAt: at } as const;
  await tx.insert(commands).values({ id: newId(), ...order, ...judged });
}

/** Refuses what an enrollment that ends now was still to do. */
export async function refusePending(tx: Tx, enrollmentId: string, at: Date): Promise<void> {
  const refused = { status: 'refused', reason: 'command.ended', number: null, at } as const;
  for (const row of await commandsPending(tx, enrollmentId)) await judgeCommand(tx, row, refused);
}

/** The commands of an enrollment, the newest first. */
export async function listCommands(
  tx: Tx,
  enrollmentId: string,
  page: Page,
): Promise<Listed<CommandRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.enrollmentId, enrollmentId),
        after === null ? undefined : lt(commands.id, after),
      ),
    )
    .orderBy(desc(commands.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

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
    .where(and(eq(commands.enrollmentId, enrollmentId), eq(commands.status, 'pending')))
    .orderBy(asc(commands.id));
}

export interface Judgement {
  readonly status: Exclude<CommandStatus, 'pending'>;
  readonly reason: string | null;
  /** Null for one that was refused without a look at the saved state. */
  readonly number: number | null;
  readonly at: Date;
}

/** Notes what became of a command, with its audit row. False when that was noted already. */
export async function judgeCommand(
  tx: Tx,
  { id, enrollmentId, type, input, requestedBy, jobId }: CommandRow,
  { status, reason, number, at }: Judgement,
): Promise<boolean> {
  const [judged] = await tx
    .update(commands)
    .set({ status, reason, number, resolvedAt: at })
    .where(and(eq(commands.id, id), eq(commands.status, 'pending')))
    .returning({ id: commands.id });
  if (!judged) return false;
  await recordAudit(tx, {
    actor: requestedBy,
    action: `enrollment.${type}`,
    subjectType: 'enrollment',
    subjectId: enrollmentId,
    detail: {
      ...{ commandId: id, status, reason, input: auditable(type, input) },
      ...(jobId === null ? {} : { jobId }),
    },
  });
  return true;
}

/** An input without what people wrote freely: an audit row stays when the person is erased. */
function auditable(type: string, input: JsonObject): JsonObject {
  const command = readCommand(type, input);
  return command === null || command.type === 'cancel' ? {} : (command.input as JsonObject);
}
