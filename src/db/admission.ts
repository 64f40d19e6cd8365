/**
 * Owns: who may enter a workflow, decided and written in one transaction. Does not own: the rule about
 * limits and delays (src/journey/admission.ts), what it is told (entry-rules.ts), the judgement of
 * `entryWhen` (the caller's evaluators), which version she enters beside a canary (canaries.ts).
 *
 * 1. Admissions of one contact to one workflow take turns (an advisory lock until the commit), so what
 *    was read of earlier enrollments is true when the next one is written.
 * 2. The row and the relay's order to start it commit together; so do the end of an enrollment that is
 *    restarted and the bell that tells its workflow.
 * 3. One event starts a workflow at most once, however often the relay comes back with it.
 * 4. A refusal is an `enrollment.blocked` event with its reason, never silence.
 */
import { fail } from '../errors';
import { newId } from '../ids';
import { enrollmentsBlocked, enrollmentsStarted } from '../metrics';
import { isCausedByItself, replacedBy } from '../journey/admission';
import { openWay, type Way } from '../journey/rate-limit';
import { type Entered, versionToEnter } from './canaries';
import { cancelEnrollment } from './cancel-enrollment';
import type { Tx } from './client';
import { type ContactRow, holdContact } from './contacts';
import { type EnrollmentRow, getEnrollment } from './enrollments';
import {
  activeSettings,
  type Blocked,
  earlierEnrollments,
  holdDoor,
  type Judge,
  refused,
  RESTARTED,
} from './entry-rules';
import { type EventRow, getEvent, recordEvent } from './events';
import type { JsonObject } from './json';
import { enqueue } from './outbox';
import { enrollments } from './schema/enrollments';
import type { OutboxLane } from './schema/outbox';
import { keepWorkflow, type WorkflowRow } from './workflows';

export interface Admission {
  workflowId: string;
  contactId: string;
  /** With `whenActive: parallel`, enrollments with different keys run side by side. */
  key?: string | null | undefined;
  variables?: JsonObject | undefined;
  triggerEventId?: string | null | undefined;
  /** The triggers that the event pulls; without an event these are the manual ones. */
  ways?: readonly Way[] | undefined;
  /** The enrollment whose node lets her in. */
  enrolledBy?: { readonly id: string; readonly depth: number } | undefined;
  /** The job that lets her in among many: what follows is done behind what is live. */
  jobId?: string | undefined;
  at: Date;
  judge: Judge;
}

/** Somebody at the door of a workflow that exists, and what led her there. */
interface Caller {
  readonly admission: Admission;
  readonly workflow: WorkflowRow;
  readonly contact: ContactRow;
  readonly trigger: EventRow | null;
  readonly depth: number;
}

/**
 * Lets a contact into the workflow's active version or its canary, or says why not. Given the same trigger event
 * again it returns the enrollment made then. Fails with `workflow.not_found`, `contact.not_found`.
 */
export async function admitEnrollment(
  tx: Tx,
  admission: Admission,
): Promise<{ enrollment: EnrollmentRow } | Blocked> {
  const { workflowId, contactId, triggerEventId } = admission;
  await holdDoor(tx, workflowId, contactId);
  const earlier = await earlierEnrollments(tx, workflowId, contactId);
  const same = triggerEventId
    ? earlier.find((row) => row.triggerEventId === triggerEventId)
    : undefined;
  const known = same && (await getEnrollment(tx, same.id));
  if (known) return { enrollment: known };
  const caller = await atTheDoor(tx, admission);
  if (isCausedByItself(caller.depth)) return block(tx, caller, { blocked: 'caused_by_itself' });
  const settings = await activeSettings(tx, caller.workflow);
  if (settings === null) return block(tx, caller, { blocked: 'workflow_not_active' });
  const id = newId();
  const { key = null, variables = {}, at, judge } = admission;
  const { contact, trigger } = caller;
  const { key: workflowKey } = caller.workflow;
  const ways = trigger === null ? settings.byHand : (admission.ways ?? []);
  const entry = { id, workflowKey, settings, earlier, contact, key, variables, trigger, ways, at };
  const refusal = await refused(tx, entry, judge);
  if (refusal !== null) return block(tx, caller, refusal);
  for (const replaced of replacedBy(settings.enrollment, earlier))
    await cancelEnrollment(tx, replaced.id, { reason: RESTARTED, at });
  const number = earlier.reduce((highest, row) => Math.max(highest, row.number), 0) + 1;
  const open = trigger === null ? null : openWay(ways, earlier, at.getTime());
  const triggerKey = open !== null && 'way' in open ? open.way.triggerKey : null;
  const { version: activeVersion } = settings;
  const entered = await versionToEnter(tx, caller.workflow, { contactId, activeVersion });
  return { enrollment: await write(tx, caller, { ...entered, id, number, triggerKey }) };
}

async function atTheDoor(tx: Tx, admission: Admission): Promise<Caller> {
  const { workflowId, contactId, triggerEventId, enrolledBy } = admission;
  const workflow = await keepWorkflow(tx, workflowId);
  if (!workflow)
    throw fail('workflow.not_found', `There is no workflow ${workflowId} in this workspace.`);
  const contact = await holdContact(tx, contactId);
  if (!contact)
    throw fail('contact.not_found', `There is no contact ${contactId} in this workspace.`);
  const trigger = triggerEventId ? await getEvent(tx, triggerEventId) : null;
  const depth = enrolledBy === undefined ? (trigger?.depth ?? 0) : enrolledBy.depth + 1;
  return { admission, workflow, contact, trigger, depth };
}

async function block(
  tx: Tx,
  { admission, workflow, trigger, depth }: Caller,
  refusal: Blocked,
): Promise<Blocked> {
  const { contactId, at } = admission;
  const { blocked: reason, detail, until } = refusal;
  const { duplicate } = await recordEvent(tx, {
    // The relay may come back with the event; everybody else asks anew.
    externalId: trigger === null ? null : `blocked:${workflow.id}:${trigger.id}`,
    contactId,
    type: 'enrollment.blocked',
    properties: {
      ...{ workflowId: workflow.id, workflowKey: workflow.key, reason },
      ...(detail === undefined ? {} : { detail }),
      ...(until === undefined ? {} : { until: until.toISOString() }),
    },
    occurredAt: at,
    receivedAt: at,
    causedBy: causeOf(admission),
    depth: depth + 1,
    lane: laneOf(admission),
  });
  if (!duplicate) tx.onCommit(() => enrollmentsBlocked.inc({ reason }));
  return refusal;
}

/** What let somebody in, for whoever counts. */
function doorOf(admission: Admission): 'api' | 'event' | 'journey' | 'job' {
  const { enrolledBy, jobId, triggerEventId } = admission;
  if (enrolledBy !== undefined) return 'journey';
  if (jobId !== undefined) return 'job';
  return triggerEventId ? 'event' : 'api';
}

function laneOf({ jobId }: Admission): OutboxLane {
  return jobId === undefined ? 'live' : 'bulk';
}

/** What an enrollment that a job has made says of its cause. */
export const causedByJob = (jobId: string): string => `job:${jobId}`;

function causeOf({ enrolledBy, jobId, triggerEventId }: Admission): string | null {
  if (enrolledBy !== undefined) return `enrollment:${enrolledBy.id}`;
  if (jobId !== undefined) return causedByJob(jobId);
  return triggerEventId ? `event:${triggerEventId}` : null;
}

async function write(
  tx: Tx,
  { admission, workflow, depth }: Caller,
  entered: Entered & { id: string; number: number; triggerKey: string | null },
): Promise<EnrollmentRow> {
  const { contactId, key, variables, triggerEventId, at } = admission;
  const [enrollment] = await tx
    .insert(enrollments)
    .values({
      ...entered,
      enteredVersion: entered.version,
      workflowId: workflow.id,
      workflowKey: workflow.key,
      contactId,
      key,
      status: 'running',
      variables: variables ?? {},
      triggerEventId,
      causedBy: causeOf(admission),
      depth,
      startedAt: at,
      temporalWorkflowId: `journey/${tx.workspaceId}/${workflow.key}/${contactId}/${entered.number}`,
    })
    .returning();
  if (!enrollment) throw new Error('An enrollment was not stored: an insert returned no row.');
  await enqueue(tx, {
    ...{ kind: 'start', payload: { enrollmentId: enrollment.id } },
    lane: laneOf(admission),
  });
  tx.onCommit(() => enrollmentsStarted.inc({ by: doorOf(admission) }));
  return enrollment;
}
