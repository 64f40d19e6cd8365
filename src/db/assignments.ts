import { and, eq } from 'drizzle-orm';
import type { Tx } from './client';
import { assignments } from './schema/assignments';

/** The port that a contact was assigned in an experiment, or null. */
export async function assignedPort(
  tx: Tx,
  experiment: string,
  contactId: string,
): Promise<string | null> {
  const [row] = await tx
    .select({ port: assignments.port })
    .from(assignments)
    .where(and(eq(assignments.experiment, experiment), eq(assignments.contactId, contactId)));
  return row?.port ?? null;
}

export interface Assignment {
  experiment: string;
  contactId: string;
  port: string;
  at: Date;
}

/** Assigns a port, in place of one that the experiment has no more. */
export async function assignPort(
  tx: Tx,
  { experiment, contactId, port, at }: Assignment,
): Promise<void> {
  await tx
    .insert(assignments)
    .values({ experiment, contactId, port, assignedAt: at })
    .onConflictDoUpdate({
      target: [assignments.workspaceId, assignments.experiment, assignments.contactId],
      set: { port, assignedAt: at },
    });
}

/** Every assignment of a contact, by experiment. */
export async function assignmentsOf(
  tx: Tx,
  contactId: string,
): Promise<Readonly<Record<string, string>>> {
  const rows = await tx.select().from(assignments).where(eq(assignments.contactId, contactId));
  return Object.fromEntries(rows.map(({ experiment, port }) => [experiment, port]));
}
