/** Where somebody stands after operators have steered her, as her row shows it. */
import { and, eq, isNull } from 'drizzle-orm';
import { type Graph, waitOf } from '../journey/graph';
import type { EnrollmentState } from '../journey/state';
import type { Tx } from './client';
import { enrollments, type OpenStatus } from './schema/enrollments';
import { HELD_FOR } from './workflow-pause';

/** Shows the state and the version of an open enrollment. True when it has ended. */
export async function showSteered(
  tx: Tx,
  id: string,
  { state, graph, version }: { state: EnrollmentState; graph: Graph; version: number },
): Promise<boolean> {
  const waits = state.cursors.map(({ entered, node, anchor }) =>
    entered ? waitOf(graph.node(node), anchor) : null,
  );
  const known = waits.find((waiting) => waiting !== null) ?? null;
  const status: OpenStatus =
    state.pause !== null ? 'paused' : known === null ? 'running' : 'waiting';
  const [open] = await tx
    .update(enrollments)
    .set({
      version,
      status,
      currentNodeIds: [...new Set(state.cursors.map(({ node }) => node))],
      waitUntil: known?.until == null ? null : new Date(known.until),
      waitingFor: state.pause?.by === 'workflow' ? HELD_FOR : (known?.for ?? null),
    })
    .where(and(eq(enrollments.id, id), isNull(enrollments.endedAt)))
    .returning({ id: enrollments.id });
  return open === undefined;
}
