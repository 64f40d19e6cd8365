/** Passages under way, as PostgreSQL shows them, and how long their steps took afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AFTER_EVENT, AFTER_PAUSE, AWAITED, LISTENING, PAUSE_MS } from './journeys';
import type { World } from './world';

export interface Passage {
  readonly enrollmentId: string;
  readonly temporalId: string;
  readonly contactId: string;
  /** When the awaited event was committed, epoch milliseconds; null before. */
  acceptedAt: number | null;
}

const GIVE_UP_MS = 90_000;

export async function enter(world: World, workflowId: string, contactId: string): Promise<Passage> {
  const row = await world.enroll(workflowId, contactId);
  const { id: enrollmentId, temporalWorkflowId: temporalId } = row;
  return { enrollmentId, temporalId, contactId, acceptedAt: null };
}

export async function ring(world: World, passage: Passage): Promise<void> {
  // Noted first, so that nobody rings twice while the event is being stored.
  passage.acceptedAt = Number.POSITIVE_INFINITY;
  passage.acceptedAt = await world.event(passage.contactId);
}

/** Which of the passages listen for the event, and which have ended. */
export async function look(
  world: World,
  passages: readonly Passage[],
): Promise<{ listening: Passage[]; ended: Set<Passage> }> {
  const ids = passages.map(({ enrollmentId }) => enrollmentId);
  const rows = await world.sql<{ id: string; waitingFor: string | null; endedAt: Date | null }[]>`
    select id, waiting_for as "waitingFor", ended_at as "endedAt" from enrollments
    where workspace_id = ${world.workspaceId} and id = any(${ids}::uuid[])`;
  const states = new Map(rows.map((row) => [row.id, row]));
  const stateOf = ({ enrollmentId }: Passage) => states.get(enrollmentId);
  return {
    listening: passages.filter((passage) => stateOf(passage)?.waitingFor === AWAITED),
    ended: new Set(passages.filter((passage) => stateOf(passage)?.endedAt != null)),
  };
}

/** Asks every few milliseconds until it is so; throws when it never is. */
export async function until(
  what: string,
  ask: () => Promise<boolean>,
  { everyMs = 50, giveUpMs = GIVE_UP_MS } = {},
): Promise<void> {
  const giveUp = Date.now() + giveUpMs;
  while (!(await ask())) {
    if (Date.now() > giveUp) throw new Error(`After ${giveUpMs / 1_000} s, still not: ${what}.`);
    await sleep(everyMs);
  }
}

export async function allEnded(world: World, passages: readonly Passage[]): Promise<void> {
  await until(
    `${passages.length} passages ended`,
    async () => (await look(world, passages)).ended.size === passages.length,
  );
}

export interface Latencies {
  /** From the moment the first wait was due to the row of the step behind it. */
  readonly timer: number[];
  /** From the commit of the event to the row of the branch taken. */
  readonly event: number[];
  /** Passages whose event came before the wait for it had begun, and which are not in `event`. */
  readonly early: number;
}

export async function latencies(world: World, passages: readonly Passage[]): Promise<Latencies> {
  const steps = await writtenSteps(world, passages);
  const timer: number[] = [];
  const event: number[] = [];
  let early = 0;
  for (const { enrollmentId, acceptedAt } of passages) {
    const at = (node: string) => steps.get(`${enrollmentId} ${node}`);
    const [pause, next, listening, branch] = [
      at('pause'),
      at(AFTER_PAUSE),
      at(LISTENING),
      at(AFTER_EVENT),
    ];
    if (pause && next) timer.push(next.writtenAt - (pause.startedAt + PAUSE_MS));
    if (acceptedAt === null || !listening || !branch) continue;
    if (listening.writtenAt > acceptedAt) early += 1;
    else event.push(branch.writtenAt - acceptedAt);
  }
  return { timer, event, early };
}

async function writtenSteps(world: World, passages: readonly Passage[]) {
  const ids = passages.map(({ enrollmentId }) => enrollmentId);
  const rows = await world.sql<{ key: string; startedAt: number; writtenAt: number }[]>`
    select enrollment_id || ' ' || node_id as key,
      extract(epoch from started_at)::float8 * 1000 as "startedAt",
      extract(epoch from written_at)::float8 * 1000 as "writtenAt"
    from steps where workspace_id = ${world.workspaceId} and enrollment_id = any(${ids}::uuid[])`;
  return new Map(rows.map((row) => [row.key, row]));
}
