/** Where the open enrollments of a workflow stand, a page at a time. */
import { and, asc, gt, inArray, isNull } from 'drizzle-orm';
import type { Tx } from './client';
import { enrollments } from './schema/enrollments';
import { steps } from './schema/steps';
import { type Selection, selected } from './selection';

export interface StandingPerson {
  readonly id: string;
  readonly version: number;
  readonly paused: boolean;
  readonly waitUntil: Date | null;
  /** The nodes she stands on; `startedAt` is null where her visit has not begun. */
  readonly places: readonly { readonly node: string; readonly startedAt: Date | null }[];
}

const PAGE = 2_000;

/** Everybody selected, page after page, as of the moment when her page is read. */
export async function* standing(
  tx: Tx,
  workflowId: string,
  selection: Selection,
): AsyncGenerator<readonly StandingPerson[]> {
  let cursor: string | null = null;
  do {
    const page: StandingPerson[] = await pageAfter(tx, workflowId, selection, cursor);
    yield page;
    cursor = page.length < PAGE ? null : (page.at(-1)?.id ?? null);
  } while (cursor !== null);
}

async function pageAfter(
  tx: Tx,
  workflowId: string,
  selection: Selection,
  cursor: string | null,
): Promise<StandingPerson[]> {
  const rows = await tx
    .select()
    .from(enrollments)
    .where(
      and(
        selected(workflowId, selection),
        cursor === null ? undefined : gt(enrollments.id, cursor),
      ),
    )
    .orderBy(asc(enrollments.id))
    .limit(PAGE);
  const open = await openSteps(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, version, status, waitUntil, currentNodeIds }) => {
    const places =
      open.get(id) ?? currentNodeIds.map((node) => ({ node, startedAt: null as Date | null }));
    return { id, version, paused: status === 'paused', waitUntil, places };
  });
}

async function openSteps(tx: Tx, ids: readonly string[]) {
  const found = new Map<string, { node: string; startedAt: Date | null }[]>();
  if (ids.length === 0) return found;
  const rows = await tx
    .select({ id: steps.enrollmentId, node: steps.nodeId, startedAt: steps.startedAt })
    .from(steps)
    .where(and(inArray(steps.enrollmentId, [...ids]), isNull(steps.endedAt)))
    .orderBy(asc(steps.sequence));
  for (const { id, ...place } of rows) found.set(id, [...(found.get(id) ?? []), place]);
  return found;
}
