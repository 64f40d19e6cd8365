/** What may happen to a person in a workflow, one thing after the other, by chance that can be repeated. */
import { sql } from 'drizzle-orm';
import type { Tx } from '../../src/db/client';
import { closeEnrollment, type EnrollmentStatus } from '../../src/db/enrollments';
import { cancelOpenSteps, endStep, enterStep, memoStep } from '../../src/db/steps';

export const AT = new Date('2026-03-01T08:00:00Z');

/** Numbers from 0 to `below`, the same for the same seed. */
export function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) % below;
  };
}

export interface Person {
  readonly id: string;
  visit: number;
  open: string | null;
  status: 'open' | EnrollmentStatus;
}

const ENDS = ['completed', 'goal_reached', 'exited', 'cancelled', 'failed', 'failed'] as const;
const NODES = ['which', 'again', 'mail', 'pause'] as const;

/** One thing that may happen to a person, in the caller's transaction. */
export async function happens(
  tx: Tx,
  person: Person,
  random: (below: number) => number,
): Promise<void> {
  const { id: enrollmentId } = person;
  const end = new Date(AT.getTime() + random(1_000_000_000));
  if (person.status === 'failed') {
    if (random(2) === 0) return;
    await tx.execute(sql`update enrollments
      set status = 'running', ended_at = null, goal_id = null, retries = retries + 1 where id = ${enrollmentId}`);
    person.status = 'open';
    return;
  }
  if (person.status !== 'open') return;
  if (random(5) === 0) {
    const status = ENDS[random(ENDS.length)] ?? 'exited';
    const goalId = status === 'goal_reached' ? ['paid', 'left'][random(2)] : undefined;
    await cancelOpenSteps(tx, enrollmentId, end);
    await closeEnrollment(tx, enrollmentId, { status, goalId, at: end });
    Object.assign(person, { status, open: null });
    return;
  }
  const port = ['a', 'b', 'error'][random(3)] ?? 'a';
  if (person.open !== null) {
    const status = random(4) === 0 ? 'failed' : 'completed';
    const key = { enrollmentId, nodeId: person.open, visit: person.visit };
    await endStep(tx, { ...key, status, port, at: end });
    person.open = null;
    return;
  }
  const nodeId = NODES[random(NODES.length)] ?? 'mail';
  if (random(3) === 0) person.visit += 1;
  const key = { enrollmentId, nodeId, visit: person.visit, attempt: random(1_000_000) };
  const nodeType = nodeId === 'which' ? 'split' : 'wait';
  if (random(2) === 0) {
    const status = random(4) === 0 ? 'skipped' : 'completed';
    await memoStep(tx, { ...key, nodeType, status, port, startedAt: AT, endedAt: end });
    return;
  }
  const [taken] = await tx.execute(sql`
    select from steps where enrollment_id = ${enrollmentId} and node_id = ${nodeId}
      and visit = ${person.visit} and attempt = 1`);
  if (taken !== undefined) return;
  await enterStep(tx, { ...key, attempt: 1, nodeType, status: 'waiting', at: AT });
  person.open = nodeId;
}
