import { beginCanary, type NewCanary } from '../../src/db/canaries';
import type { Tx } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { closeEnrollment, type EnrollmentRow } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { storeVersion } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import { CANARY_LIMITS } from '../../src/journey/canary';
import { admit } from '../support/admit';
import * as rows from './rows';

/** A workflow whose version 1 is active and whose version 2 is tried. */
export async function tried(tx: Tx, canary: Partial<NewCanary> = {}): Promise<string> {
  const workflowId = await rows.workflowId(tx);
  const definition = { triggers: [], settings: { enrollment: {} } };
  const version = await storeVersion(tx, {
    ...{ workflowId, definition, contentHash: 'h2', listensTo: [] },
  });
  await beginCanary(tx, {
    ...{ workflowId, version, activeVersion: 1, share: 10, limits: CANARY_LIMITS },
    ...{ beganBy: 'ada', beganAt: new Date(), ...canary },
  });
  return workflowId;
}

/** Lets so many new people in, one after the other. */
export async function entries(tx: Tx, workflowId: string, count: number): Promise<EnrollmentRow[]> {
  const entered: EnrollmentRow[] = [];
  for (let person = 0; person < count; person += 1) {
    const { contact } = await upsertContact(tx, { externalId: newId() });
    entered.push(await admit(tx, { workflowId, contactId: contact.id, at: new Date() }));
  }
  return entered;
}

/** Sends her a message from this enrollment. */
export async function written(tx: Tx, row: EnrollmentRow, channel = 'email'): Promise<void> {
  const effectKey = `${row.id}:mail:1`;
  const { contactId, id: enrollmentId } = row;
  await rows.delivery(tx, { contactId, effectKey, enrollmentId, channel, claimedAt: new Date() });
}

/** Reports something about the latest message that she got. */
export async function reports(tx: Tx, { contactId }: EnrollmentRow, type: string): Promise<void> {
  const at = new Date();
  await recordEvent(tx, { contactId, type, occurredAt: at, receivedAt: at });
}

export const fails = (tx: Tx, { id }: EnrollmentRow) =>
  closeEnrollment(tx, id, { status: 'failed', error: { code: 'step.failed' }, at: new Date() });
