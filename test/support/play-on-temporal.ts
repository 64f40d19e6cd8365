/**
 * Plays staged journeys on real servers under skipped time: several people at once, all of whom begin at
 * the same instant.
 *
 * The script is stored at its own instants; time is skipped from one to the next, through every timer
 * between. What a bell is late for under skipped time is late by days; see calm-database.ts.
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
import type { ScriptEntry } from '../../src/journey/simulation';
import { changed, contactOf, scriptOf } from '../../src/language/dry-run-script';
import { admit } from './admit';
import type { Journeys } from './journeys';
import { definitionOf } from './play-random';
import type { Staged } from './stage-random';

/** Somebody on her way. */
export interface Traveller {
  readonly journey: Staged;
  readonly definition: Definition;
  readonly contact: ContactFacts;
  readonly workflowKey: string;
  readonly script: readonly ScriptEntry[];
  readonly enrollment: EnrollmentRow;
}

const DAY = 86_400_000;
/** Longer than any wait; a journey that has not ended then never will. */
const LONGEST_MS = 2_000 * DAY;

/** Plays them to their ends; `startAt` must lie in the virtual future. */
export async function playTogether(
  world: Journeys,
  env: TestWorkflowEnvironment,
  journeys: readonly Staged[],
  startAt: number,
): Promise<readonly Traveller[]> {
  const waiting = [];
  for (const journey of journeys) waiting.push(await prepare(world, journey, startAt));
  await skipTo(env, startAt);
  const travellers: Traveller[] = [];
  for (const each of waiting) travellers.push(await begin(world, each, startAt));
  const script = travellers
    .flatMap((traveller) => traveller.script.map((entry) => ({ traveller, entry })))
    .filter(({ entry }) => entry.at >= startAt)
    .toSorted((a, b) => a.entry.at - b.entry.at);
  for (const { traveller, entry } of script) {
    await skipTo(env, entry.at);
    if (!(await isOver(world, traveller))) await happen(world, traveller, entry);
  }
  await untilOver(world, env, travellers);
  return travellers;
}

type Prepared = Omit<Traveller, 'enrollment'> & {
  readonly workflowId: string;
  readonly triggerEventId: string | undefined;
};

async function prepare(world: Journeys, journey: Staged, startAt: number): Promise<Prepared> {
  const definition = definitionOf(journey);
  const workflowId = await world.publish(definition);
  const { lists: _, segments: __, consent: ___, ...fields } = journey.contact;
  const { id } = await world.contact(fields);
  const contact = { ...contactOf(journey.contact), id };
  const script = scriptOf(journey.events, startAt);
  await rememberHistory(world, contact, script, startAt);
  const { trigger } = journey;
  const triggerEventId =
    trigger &&
    (await world.event(id, trigger.type, trigger.properties, { occurredAt: new Date(startAt) }));
  await world.quiet();
  const key = await world.keyOf(workflowId);
  return { journey, definition, contact, workflowKey: key, script, workflowId, triggerEventId };
}

/** What the history did to her shows in its events; she herself is as she is at the start. */
async function rememberHistory(
  world: Journeys,
  contact: ContactFacts,
  script: readonly ScriptEntry[],
  startAt: number,
): Promise<void> {
  let before = contact;
  for (const entry of script.filter(({ at }) => at < startAt)) {
    const occurredAt = new Date(entry.at);
    if ('event' in entry) {
      const { type, properties } = entry.event;
      await world.event(contact.id, type, properties, { occurredAt });
      continue;
    }
    const after = afterChange(before, entry);
    for (const { type, properties } of contactEvents(before, after))
      await world.event(contact.id, type, properties, { occurredAt });
    before = after;
  }
}

function afterChange(before: ContactFacts, { contact }: ScriptEntry & { contact: unknown }) {
  return typeof contact === 'function'
    ? (contact as (facts: ContactFacts) => ContactFacts)(before)
    : changed(before, contact as object);
}

async function begin(
  world: Journeys,
  { workflowId, triggerEventId, ...traveller }: Prepared,
  startAt: number,
): Promise<Traveller> {
  const contactId = traveller.contact.id;
  const enrollment = await world.db.inWorkspace(world.workspaceId, (tx) =>
    admit(tx, { workflowId, contactId, triggerEventId, at: new Date(startAt) }),
  );
  await world.quiet();
  return { ...traveller, enrollment };
}

async function happen(world: Journeys, { contact }: Traveller, entry: ScriptEntry): Promise<void> {
  const at = new Date(entry.at);
  if ('event' in entry) {
    const { type, properties } = entry.event;
    await world.event(contact.id, type, properties, { occurredAt: at });
  } else {
    await world.change(contact.id, (before) => afterChange(before, entry), { at });
  }
  await world.quiet();
}

async function skipTo(env: TestWorkflowEnvironment, at: number): Promise<void> {
  const ms = at - (await env.currentTimeMs());
  if (ms > 0) await skip(env, ms);
}

/** Far longer than anything that is skipped takes. */
const STUCK_MS = 15_000;

/** The server does not get over some races of effects and their cancellation; see calm-database.ts. */
export class TimeStandsStill extends Error {
  override readonly name = 'TimeStandsStill';
}

async function skip({ connection }: TestWorkflowEnvironment, ms: number): Promise<void> {
  const duration = msToTs(ms);
  const { testService } = connection;
  if (testService === undefined) throw new Error('The server cannot skip time.');
  try {
    await connection.withDeadline(Date.now() + STUCK_MS, () =>
      testService.unlockTimeSkippingWithSleep({ duration }),
    );
  } catch (error) {
    throw new TimeStandsStill(`${ms} ms were not skipped: ${String(error)}`);
  }
}

async function untilOver(
  world: Journeys,
  env: TestWorkflowEnvironment,
  travellers: readonly Traveller[],
): Promise<void> {
  for (let ms = DAY / 4; ms < LONGEST_MS; ms *= 2) {
    await skip(env, ms);
    const over = await Promise.all(travellers.map((each) => isOver(world, each)));
    if (over.every(Boolean)) return;
  }
}

async function isOver(world: Journeys, { enrollment: { id } }: Traveller): Promise<boolean> {
  const row = await world.db.inWorkspace(world.workspaceId, (tx) => getEnrollment(tx, id));
  return row === null || row.endedAt !== null;
}

/** Ends the other workflows that she is still in, whose timers would ring for ever. */
export async function leave(world: Journeys, { contact }: Traveller): Promise<void> {
  const { data } = await world.db.inWorkspace(world.workspaceId, (tx) =>
    listEnrollments(tx, { contactId: contact.id }, { limit: 200 }),
  );
  for (const { temporalWorkflowId } of data.filter(({ endedAt }) => endedAt === null))
    await world.client.workflow
      .getHandle(temporalWorkflowId)
      .terminate()
      .catch(() => undefined);
}

/** Everything that the database knows in the end. */
export async function traces(world: Journeys, { enrollment: { id }, contact }: Traveller) {
  const steps = await world.steps(id);
  const deliveries = await world.deliveries(id);
  return world.db.inWorkspace(world.workspaceId, async (tx) => {
    const row = await getEnrollment(tx, id);
    const person = await getContact(tx, contact.id);
    if (row === null || person === null) throw new Error(`Enrollment ${id} is gone.`);
    return { row, steps, deliveries, contact: contactFacts(person, await listsOf(tx, contact.id)) };
  });
}
