/**
 * Plays staged journeys on real servers under skipped time: several people at once.
 *
 * Who begins and what happens comes at its own instant; time is skipped from one to the next, through every
 * timer between. What a bell is late for under skipped time is late by days; see calm-database.ts.
 */
import { msToTs } from '@temporalio/common/lib/time';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { getContact } from '../../src/db/contacts';
import { type EnrollmentRow, getEnrollment, listEnrollments } from '../../src/db/enrollments';
import { contactFacts } from '../../src/db/facts';
import { listsOf } from '../../src/db/lists';
import { contactEvents } from '../../src/journey/contact-events';
import type { Definition } from '../../src/journey/definition';
import type { ContactFacts } from '../../src/journey/facts';
import type { ContactState, ScriptItem } from '../../src/journey/journey-tests';
import type { JsonObject } from '../../src/journey/json';
import type { ScriptEntry } from '../../src/journey/simulation';
import { changed, contactOf, scriptOf } from '../../src/language/dry-run-script';
import { admit } from './admit';
import type { Workspace } from './in-workspace';
import type { Journeys } from './journeys';
import { storeTemplates, templatesFor } from './store-templates';

/** A journey as both worlds play it. */
export interface Playable {
  readonly definition: Definition;
  readonly contact: ContactState;
  readonly trigger?: { readonly type: string; readonly properties: JsonObject };
  readonly events: readonly ScriptItem[];
  readonly startAt: number;
  /** What sticky splits assigned her earlier, by experiment. */
  readonly assignments?: Readonly<Record<string, string>>;
  /** Whether it has a workspace of its own, where her address is nobody else's and no other journey hears her events. */
  readonly isAlone?: boolean;
}

/** Somebody on her way. */
export interface Traveller<J extends Playable = Playable> {
  readonly journey: J;
  readonly place: Workspace;
  readonly contact: ContactFacts;
  readonly workflowKey: string;
  readonly script: readonly ScriptEntry[];
  readonly enrollment: EnrollmentRow;
}

const DAY = 86_400_000;
/** Longer than any wait; a journey that has not ended then never will. */
const LONGEST_MS = 2_000 * DAY;

/** Plays them to their ends; all of them must begin in the virtual future. */
export async function playTogether<J extends Playable>(
  world: Journeys,
  env: TestWorkflowEnvironment,
  journeys: readonly J[],
): Promise<readonly Traveller<J>[]> {
  const travellers: Traveller<J>[] = [];
  const plan: Planned[] = [];
  for (const journey of journeys) {
    const { startAt } = journey;
    const ready = await prepare(world, journey);
    let traveller: Traveller<J> | null = null;
    plan.push({
      at: startAt,
      async act() {
        traveller = await begin(world, ready);
        travellers.push(traveller);
      },
    });
    for (const entry of ready.script.filter(({ at }) => at >= startAt))
      plan.push({
        at: entry.at,
        async act() {
          if (traveller !== null && !(await isOver(traveller)))
            await happen(world, traveller, entry);
        },
      });
  }
  for (const { at, act } of plan.toSorted((a, b) => a.at - b.at)) {
    await skipTo(env, at, journeys.length);
    await act();
  }
  await untilOver(env, travellers);
  return travellers;
}

/** What is to be done at an instant. */
interface Planned {
  readonly at: number;
  readonly act: () => Promise<void>;
}

type Prepared<J extends Playable> = Omit<Traveller<J>, 'enrollment'> & {
  readonly workflowId: string;
};

async function prepare<J extends Playable>(world: Journeys, journey: J): Promise<Prepared<J>> {
  const { definition, events, startAt, assignments = {}, isAlone = false } = journey;
  const place = isAlone ? await world.elsewhere() : world;
  const { segments: _, ...fields } = journey.contact;
  const { id } = await place.contact(isAlone ? { email: null, ...fields } : fields);
  const contact = { ...contactOf(journey.contact), id };
  const script = scriptOf(events, startAt);
  await place.assign(id, assignments);
  await storeTemplates(place, templatesFor(definition));
  // What happened before the journey was there lets nobody into it.
  await rememberHistory(place, contact, script, startAt);
  await world.quiet();
  const workflowId = await (isAlone
    ? place.publish(definition, definition.key)
    : place.publish(definition));
  const workflowKey = await place.keyOf(workflowId);
  return { journey, place, contact, workflowKey, script, workflowId };
}

/** What the history did to her shows in its events; she herself is as she is at the start. */
async function rememberHistory(
  place: Workspace,
  contact: ContactFacts,
  script: readonly ScriptEntry[],
  startAt: number,
): Promise<void> {
  let before = contact;
  for (const entry of script.filter(({ at }) => at < startAt)) {
    const occurredAt = new Date(entry.at);
    if ('event' in entry) {
      const { type, properties } = entry.event;
      await place.event(contact.id, type, properties, { occurredAt });
      continue;
    }
    const after = afterChange(before, entry);
    for (const { type, properties } of contactEvents(before, after))
      await place.event(contact.id, type, properties, { occurredAt });
    before = after;
  }
}

function afterChange(before: ContactFacts, { contact }: ScriptEntry & { contact: unknown }) {
  return typeof contact === 'function'
    ? (contact as (facts: ContactFacts) => ContactFacts)(before)
    : changed(before, contact as object);
}

async function begin<J extends Playable>(
  world: Journeys,
  { workflowId, ...traveller }: Prepared<J>,
): Promise<Traveller<J>> {
  const { journey, place, contact } = traveller;
  const { trigger, definition } = journey;
  const at = new Date(journey.startAt);
  const times = { occurredAt: at, receivedAt: at };
  const triggerEventId =
    trigger && (await place.event(contact.id, trigger.type, trigger.properties, times));
  await world.quiet();
  const isTriggered = definition.triggers.some(
    (each) => each.type === 'event' && each.event === trigger?.type,
  );
  const enrollment = await place.db.inWorkspace(place.workspaceId, async (tx) => {
    const entry = { workflowId, contactId: contact.id };
    if (!isTriggered) return admit(tx, { ...entry, triggerEventId, at });
    const { data } = await listEnrollments(tx, entry, { limit: 1 });
    if (data[0] === undefined) throw new Error(`"${trigger?.type}" let nobody in.`);
    return data[0];
  });
  await world.quiet();
  return { ...traveller, enrollment };
}

async function happen(world: Journeys, traveller: Traveller, entry: ScriptEntry): Promise<void> {
  const { contact, place, enrollment } = traveller;
  const at = new Date(entry.at);
  const times = { occurredAt: at, receivedAt: at };
  if ('event' in entry) {
    const { type, properties } = entry.event;
    const { node } = entry;
    const deliveryKey = node === undefined ? null : await latestKey(place, enrollment.id, node);
    await place.event(contact.id, type, properties, { ...times, deliveryKey });
  } else {
    await place.change(contact.id, (before) => afterChange(before, entry), { at });
  }
  await world.quiet();
}

/** The key of the last message of a node. */
async function latestKey(place: Workspace, enrollmentId: string, node: string) {
  const all = await place.deliveries(enrollmentId);
  const ofNode = all.filter(({ nodeId }) => nodeId === node);
  return ofNode.toSorted((a, b) => a.visit - b.visit).at(-1)?.effectKey ?? null;
}

async function skipTo(env: TestWorkflowEnvironment, at: number, people: number): Promise<void> {
  const ms = at - (await env.currentTimeMs());
  if (ms > 0) await skip(env, ms, people);
}

/** Far longer than anything that is skipped takes, also where many do something at one instant. */
const STUCK_MS = 15_000;
const STUCK_MS_EACH = 500;

/** The server does not get over some races of effects and their cancellation; see calm-database.ts. */
export class TimeStandsStill extends Error {
  override readonly name = 'TimeStandsStill';
}

async function skip(
  { connection }: TestWorkflowEnvironment,
  ms: number,
  people: number,
): Promise<void> {
  const duration = msToTs(ms);
  const { testService } = connection;
  if (testService === undefined) throw new Error('The server cannot skip time.');
  try {
    await connection.withDeadline(Date.now() + STUCK_MS + people * STUCK_MS_EACH, () =>
      testService.unlockTimeSkippingWithSleep({ duration }),
    );
  } catch (error) {
    throw new TimeStandsStill(`${ms} ms were not skipped: ${String(error)}`);
  }
}

async function untilOver(
  env: TestWorkflowEnvironment,
  travellers: readonly Traveller[],
): Promise<void> {
  for (let ms = DAY / 4; ms < LONGEST_MS; ms *= 2) {
    await skip(env, ms, travellers.length);
    const over = await Promise.all(travellers.map(isOver));
    if (over.every(Boolean)) return;
  }
}

async function isOver({ place, enrollment: { id } }: Traveller): Promise<boolean> {
  const row = await place.db.inWorkspace(place.workspaceId, (tx) => getEnrollment(tx, id));
  return row === null || row.endedAt !== null;
}

/** Ends the other workflows that she is still in, whose timers would ring for ever. */
export async function leave(world: Journeys, { place, contact }: Traveller): Promise<void> {
  const { data } = await place.db.inWorkspace(place.workspaceId, (tx) =>
    listEnrollments(tx, { contactId: contact.id }, { limit: 200 }),
  );
  for (const { temporalWorkflowId } of data.filter(({ endedAt }) => endedAt === null))
    await world.client.workflow
      .getHandle(temporalWorkflowId)
      .terminate()
      .catch(() => undefined);
}

/** Everything that the database knows in the end. */
export async function traces({ place, enrollment: { id }, contact }: Traveller) {
  const steps = await place.steps(id);
  const deliveries = await place.deliveries(id);
  return place.db.inWorkspace(place.workspaceId, async (tx) => {
    const row = await getEnrollment(tx, id);
    const person = await getContact(tx, contact.id);
    if (row === null || person === null) throw new Error(`Enrollment ${id} is gone.`);
    return { row, steps, deliveries, contact: contactFacts(person, await listsOf(tx, contact.id)) };
  });
}
