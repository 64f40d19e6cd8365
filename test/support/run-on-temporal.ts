import { getContact } from '../../src/db/contacts';
import type { EnrollmentRow } from '../../src/db/enrollments';
import { listsOf } from '../../src/db/lists';
import { changed } from '../../src/language/dry-run-script';
import type { ContactFacts } from '../../src/journey/facts';
import { effectKey } from '../../src/journey/state';
import type { Case, Observed } from '../runtime-cases/case';
import { eventually } from './eventually';
import type { Journeys } from './journeys';
import { stagedCase } from './stage-case';
import { storeTemplates } from './store-templates';

/** Short enough that nearly every task begins a fresh history. */
const SHORT_HISTORY = 3;

/** Plays a case on real servers; what happens to the contact waits for the visit it names. */
export async function runOnTemporal(
  world: Journeys,
  scenario: Case,
): Promise<{ observed: Observed; enrollment: EnrollmentRow }> {
  await storeTemplates(world, scenario.templates ?? {});
  const workflowId = await world.publish(await stagedCase(world, scenario));
  const { lists: _lists, segments: _segments, ...fields } = scenario.contact ?? {};
  const contact = await world.contact(fields);
  const { trigger, happenings = [], variables, continueOften } = scenario;
  const triggerId = trigger && (await world.event(contact.id, trigger.type, trigger.properties));
  const options = continueOften ? { historyLimit: SHORT_HISTORY } : {};
  const { id } = await world.enroll(workflowId, contact.id, options, triggerId, variables);
  for (const happening of happenings) {
    const { on, unheard = false } = happening;
    await eventually(`${on} is open`, async () =>
      (await world.steps(id)).some((step) => step.nodeId === on && step.endedAt === null),
    );
    if (happening.overdue === true) await overdue(world, id);
    if ('command' in happening) {
      await world.order(id, happening.command, happening.input);
    } else if ('contact' in happening) {
      const change = (before: ContactFacts) => changed(before, happening.contact);
      await world.change(contact.id, change, { unheard });
    } else {
      const { event, properties, about } = happening;
      const named = about === undefined ? {} : { deliveryId: await claimed(world, id, about) };
      await world.event(contact.id, event, { ...properties, ...named }, { unheard });
    }
  }
  const enrollment = await world.ended(id);
  return { enrollment, observed: await observe(world, enrollment) };
}

/** The key of a node's message, as soon as there is one that an event can be about. */
async function claimed(world: Journeys, id: string, node: string): Promise<string> {
  const key = effectKey(id, node, 1);
  await eventually(`the message of ${node} is claimed`, async () =>
    (await world.deliveries(id)).some((row) => row.effectKey === key),
  );
  return key;
}

/** Somebody who is held shows no longer until when she waits, so this is asked before. */
async function overdue(world: Journeys, id: string): Promise<void> {
  await eventually('her wait is over', async () => {
    const row = await world.row(id);
    return row?.waitUntil != null && row.waitUntil.getTime() < Date.now();
  });
}

async function observe(world: Journeys, { id, ...row }: EnrollmentRow): Promise<Observed> {
  const [after, lists] = await world.db.inWorkspace(
    world.workspaceId,
    async (tx) => [await getContact(tx, row.contactId), await listsOf(tx, row.contactId)] as const,
  );
  return {
    status: row.status,
    goalId: row.goalId,
    path: (await world.steps(id)).map((step) =>
      step.status === 'cancelled' ? `${step.nodeId}!` : `${step.nodeId}:${step.port ?? '-'}`,
    ),
    sends: (await world.deliveries(id)).filter((it) => it.status === 'sent').map((it) => it.nodeId),
    tags: after?.tags ?? [],
    score: after?.score ?? 0,
    lists,
    attributes: after?.attributes ?? {},
    variables: row.variables,
    reason: row.reason,
    error: typeof row.error?.['code'] === 'string' ? row.error['code'] : null,
  };
}
