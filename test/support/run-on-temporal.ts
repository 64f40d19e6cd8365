import { getContact } from '../../src/db/contacts';
import type { EnrollmentRow } from '../../src/db/enrollments';
import type { Case, Observed } from '../runtime.suite';
import { eventually } from './eventually';
import type { Journeys } from './journeys';

/** Short enough that nearly every task begins a fresh history. */
const SHORT_HISTORY = 3;

/** Plays a case on real servers; what happens to the contact waits for the visit it names. */
export async function runOnTemporal(
  world: Journeys,
  scenario: Case,
): Promise<{ observed: Observed; enrollment: EnrollmentRow }> {
  const workflowId = await world.publish(scenario.definition);
  const contact = await world.contact(scenario.contact);
  const { trigger, happenings = [], continueOften } = scenario;
  const triggerId = trigger && (await world.event(contact.id, trigger.type, trigger.properties));
  const options = continueOften ? { historyLimit: SHORT_HISTORY } : {};
  const { id } = await world.enroll(workflowId, contact.id, options, triggerId);
  for (const { on, event, properties, unheard } of happenings) {
    await eventually(`${on} is open`, async () =>
      (await world.steps(id)).some((step) => step.nodeId === on && step.endedAt === null),
    );
    await world.event(contact.id, event, properties, unheard === true ? { unheard } : {});
  }
  const enrollment = await world.ended(id);
  return { enrollment, observed: await observe(world, enrollment) };
}

async function observe(world: Journeys, { id, ...row }: EnrollmentRow): Promise<Observed> {
  const after = await world.db.inWorkspace(world.workspaceId, (tx) =>
    getContact(tx, row.contactId),
  );
  return {
    status: row.status,
    goalId: row.goalId,
    path: (await world.steps(id)).map((step) =>
      step.status === 'cancelled' ? `${step.nodeId}!` : `${step.nodeId}:${step.port ?? '-'}`,
    ),
    sends: (await world.deliveries(id)).filter((it) => it.status === 'sent').map((it) => it.nodeId),
    tags: after?.tags ?? [],
    error: typeof row.error?.['code'] === 'string' ? row.error['code'] : null,
  };
}
