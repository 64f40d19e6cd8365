import { and, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import { fail } from '../errors';
import { isUuid, newId } from '../ids';
import { type RateLimit, triggerKey, type Way } from '../journey/rate-limit';
import type { Tx } from './client';
import type { Json, JsonObject } from './json';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { workflows, workflowTriggers, workflowVersions } from './schema/workflows';

export type WorkflowRow = typeof workflows.$inferSelect;
export type WorkflowVersionRow = typeof workflowVersions.$inferSelect;

/** Stores a new draft. Fails with `workflow.key_taken`; keys of deleted workflows stay taken. */
export async function createWorkflow(
  tx: Tx,
  input: { key: string; name: string; draft: object },
): Promise<WorkflowRow> {
  const { key, name, draft } = input;
  const [row] = await tx
    .insert(workflows)
    .values({ id: newId(), key, name, draft: draft as JsonObject })
    .onConflictDoNothing()
    .returning();
  if (!row)
    throw fail(
      'workflow.key_taken',
      (await getWorkflow(tx, key)) === null
        ? `The key "${key}" was that of a workflow that was deleted, and names it for good. Choose another key.`
        : `A workflow with the key "${key}" exists already. Choose another key.`,
    );
  return row;
}

/** The workflow with this id or key, unless deleted. */
export async function getWorkflow(tx: Tx, idOrKey: string): Promise<WorkflowRow | null> {
  const named = isUuid(idOrKey) ? eq(workflows.id, idOrKey) : eq(workflows.key, idOrKey);
  const [row] = await tx
    .select()
    .from(workflows)
    .where(and(named, isNull(workflows.deletedAt)));
  return row ?? null;
}

/** The workflow with this id, unless deleted; it is not deleted before the transaction ends. */
export async function keepWorkflow(tx: Tx, id: string): Promise<WorkflowRow | null> {
  const [row] = await tx
    .select()
    .from(workflows)
    .where(and(eq(workflows.id, id), isNull(workflows.deletedAt)))
    .for('key share');
  return row ?? null;
}

/** Workflows, the newest first, without deleted ones. */
export async function listWorkflows(tx: Tx, page: Page): Promise<Listed<WorkflowRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(workflows)
    .where(and(isNull(workflows.deletedAt), after === null ? undefined : lt(workflows.id, after)))
    .orderBy(desc(workflows.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

export interface Publication {
  workflowId: string;
  /** Parse output, stored as it is. */
  definition: object;
  contentHash: string;
  /** Event types that may wake an enrollment of this version. */
  listensTo: readonly string[];
  triggers: readonly {
    eventType: string;
    filter?: object | null | undefined;
    rateLimit?: RateLimit | null | undefined;
  }[];
  changelog?: string | null | undefined;
  author?: string | null | undefined;
}

/**
 * Publishes the next version, makes the workflow active, and lets its triggers start this version
 * from now on. Returns the version's number. Fails with `workflow.not_found`.
 */
export async function publishVersion(tx: Tx, publication: Publication): Promise<number> {
  const { workflowId, triggers } = publication;
  const version = await storeVersion(tx, publication);
  await enterVersion(tx, { workflowId, version, triggers });
  await tx.update(workflows).set({ status: 'active' }).where(eq(workflows.id, workflowId));
  return version;
}

/** Stores the next version, which nobody enters yet; returns its number. Fails with `workflow.not_found`. */
export async function storeVersion(
  tx: Tx,
  publication: Omit<Publication, 'triggers'>,
): Promise<number> {
  const { workflowId, contentHash, listensTo, changelog, author } = publication;
  const version = await nextVersion(tx, workflowId);
  await tx.insert(workflowVersions).values({
    workflowId,
    version,
    definition: publication.definition as JsonObject,
    contentHash,
    listensTo: [...listensTo],
    changelog,
    author,
  });
  return version;
}

/** Makes a stored version the one that people enter from now on, by these triggers. */
export async function enterVersion(
  tx: Tx,
  entered: Pick<Publication, 'workflowId' | 'triggers'> & { readonly version: number },
): Promise<void> {
  const { workflowId, version } = entered;
  await tx.delete(workflowTriggers).where(eq(workflowTriggers.workflowId, workflowId));
  const triggers = entered.triggers.map(({ eventType, filter, rateLimit }, position) => ({
    eventType,
    workflowId,
    position,
    version,
    filter: (filter ?? null) as Json,
    rateLimit: rateLimit ?? null,
  }));
  if (triggers.length > 0) await tx.insert(workflowTriggers).values(triggers);
  await tx
    .update(workflows)
    .set({ activeVersion: version, updatedAt: sql`now()` })
    .where(eq(workflows.id, workflowId));
}

/** Locks the workflow, so that two publications get two numbers. */
async function nextVersion(tx: Tx, workflowId: string): Promise<number> {
  const [row] = await tx
    .select({ activeVersion: workflows.activeVersion })
    .from(workflows)
    .where(and(eq(workflows.id, workflowId), isNull(workflows.deletedAt)))
    .for('update');
  if (!row)
    throw fail('workflow.not_found', `There is no workflow ${workflowId} in this workspace.`);
  const [latest] = await tx
    .select({ version: sql<number>`coalesce(max(${workflowVersions.version}), 0)::int` })
    .from(workflowVersions)
    .where(eq(workflowVersions.workflowId, workflowId));
  return (latest?.version ?? 0) + 1;
}

/** An immutable published version, or null. */
export async function loadVersion(
  tx: Tx,
  workflowId: string,
  version: number,
): Promise<WorkflowVersionRow | null> {
  const [row] = await tx
    .select()
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, workflowId), eq(workflowVersions.version, version)));
  return row ?? null;
}

/** A trigger of an active workflow that an event of this type may pull. */
export interface TriggerMatch extends Way {
  workflowId: string;
  workflowKey: string;
  version: number;
  /** A condition group in stored form, or null when every event of the type matches. */
  filter: Json;
}

/** The triggers of active workflows for an event type, found by key. */
export async function findTriggers(tx: Tx, eventType: string): Promise<TriggerMatch[]> {
  const rows = await tx
    .select({
      workflowId: workflows.id,
      workflowKey: workflows.key,
      version: workflowTriggers.version,
      filter: sql<Json>`${workflowTriggers.filter}`,
      rateLimit: workflowTriggers.rateLimit,
    })
    .from(workflowTriggers)
    .innerJoin(workflows, eq(workflows.id, workflowTriggers.workflowId))
    .where(
      and(
        eq(workflowTriggers.eventType, eventType),
        eq(workflows.status, 'active'),
        isNull(workflows.deletedAt),
      ),
    )
    .orderBy(workflows.id, workflowTriggers.position);
  return rows.map((row, index) => {
    const first = rows.findIndex(({ workflowId }) => workflowId === row.workflowId);
    return { ...row, triggerKey: triggerKey(eventType, index - first) };
  });
}

/** Which of these keys name a workflow. */
export async function existingWorkflowKeys(
  tx: Tx,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx
    .select({ key: workflows.key })
    .from(workflows)
    .where(and(inArray(workflows.key, [...keys]), isNull(workflows.deletedAt)));
  return new Set(rows.map(({ key }) => key));
}
