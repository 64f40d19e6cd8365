/** How people come in over the API: by jobs from a file and from a list, by events in arrays, and one by one. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBE } from '../chaos/journeys';
import { grouped } from '../chaos/oracle-walk';
import type { Person, Place } from './people';
import { type Sender, type SentEvent, sideBySide } from './sends';

/** The rate of a job. It slows down by itself where journeys begin no faster. */
const JOB_PER_SECOND = 200;
const JOB_LOOK_MS = 500;
const JOB_GIVE_UP_MS = 3_600_000;
const EVENTS_AT_ONCE = 100;
const MEMBERS_AT_ONCE = 500;
const AT_ONCE = 8;

/** Lets everybody in; resolves when the API has taken all of them and the jobs are done. */
export async function letIn(sender: Sender, people: readonly Person[]): Promise<void> {
  const by = (way: Person['way']) => people.filter((person) => person.way === way);
  await Promise.all([
    ...together(by('file')).map((group) => byFile(sender, group)),
    ...together(by('list')).map((group) => byList(sender, group)),
    sideBySide(eventArrays(by('event')), AT_ONCE / 2, ([place, events]) =>
      sender.events(place, events),
    ),
    sideBySide(by('call'), AT_ONCE, (person) => enter(sender, person)),
  ]);
}

/** Lets in one who comes by herself. */
export async function enter(sender: Sender, person: Person): Promise<void> {
  const { place, errand, externalId, email } = person;
  if (person.way === 'event') return sender.events(place, [entryOf(person)]);
  const contact = { externalId, email };
  await sender.call(place, `/workflows/${errand.key}/enrollments`, { contact });
}

const entryOf = ({ errand, externalId, email }: Person): SentEvent => ({
  ...{ id: randomUUID(), externalId, email, type: errand.entryEvent, createContact: true },
});

/** People of one workspace and errand, as a file. */
async function byFile(sender: Sender, group: readonly Person[]): Promise<void> {
  const rows = group.map(({ externalId, email }) => `${externalId},${email}`);
  await job(sender, group, { csv: ['externalId,email', ...rows].join('\n') });
}

/** As a list; whoever is on it goes through the probe besides, so that people are in two journeys at once. */
async function byList(sender: Sender, group: readonly Person[]): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const { place } = first;
  const key = `list-${first.errand.key}`;
  await sender.call(place, '/lists', { key });
  await sideBySide(group, AT_ONCE / 2, ({ externalId, email }) =>
    sender.call(place, '/contacts', { externalId, email }),
  );
  for (let from = 0; from < group.length; from += MEMBERS_AT_ONCE) {
    const contacts = group
      .slice(from, from + MEMBERS_AT_ONCE)
      .map(({ externalId }) => ({ externalId }));
    await sender.call(place, `/lists/${key}/members`, { contacts });
  }
  await job(sender, group, { list: key });
  await sender.call(place, `/workflows/${PROBE}/enrollments/bulk`, { list: key });
}

/** Orders a job, and waits for its end. Whom it refuses is noted as refused. */
async function job(sender: Sender, group: readonly Person[], source: object): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const { place, errand } = first;
  const order = { ...source, perSecond: JOB_PER_SECOND };
  const { status, body } = await sender.call(
    place,
    `/workflows/${errand.key}/enrollments/bulk`,
    order,
  );
  if (status >= 300) return;
  const until = Date.now() + JOB_GIVE_UP_MS;
  const { told, rest } = sender;
  for (;;) {
    const { body: now } = await rest('GET', `/jobs/${String(body['id'])}`, place.apiKey);
    if (Number(now['refused'] ?? 0) > 0)
      told.refused.push(`A job refused ${String(now['refused'])}: ${JSON.stringify(now)}`);
    if (now['status'] === 'done' || Number(now['refused'] ?? 0) > 0) return;
    if (Date.now() > until) {
      told.refused.push(`A job has not ended: ${JSON.stringify(now)}`);
      return;
    }
    await sleep(JOB_LOOK_MS);
  }
}

/** People of one workspace and one errand. */
const together = (people: readonly Person[]): Person[][] => [
  ...grouped(people, ({ place, errand }) => `${place.id} ${errand.key}`).values(),
];

function eventArrays(people: readonly Person[]): (readonly [Place, SentEvent[]])[] {
  return [...grouped(people, ({ place }) => place.id).values()].flatMap((group) => {
    const arrays: (readonly [Place, SentEvent[]])[] = [];
    for (let from = 0; from < group.length; from += EVENTS_AT_ONCE) {
      const part = group.slice(from, from + EVENTS_AT_ONCE);
      const [first] = part;
      if (first !== undefined) arrays.push([first.place, part.map(entryOf)]);
    }
    return arrays;
  });
}
