/** People: they enter journeys in all workspaces, and things happen to them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Journey } from './journeys';
import { type Random, randomOf } from './random';
import type { Rest } from './rest';

export interface Workspace {
  readonly id: string;
  readonly apiKey: string;
  readonly journeys: readonly Journey[];
}

/** What was answered with 2xx, so that it must be there afterwards. */
export interface Promised {
  readonly enrollmentIds: string[];
  readonly eventIds: string[];
  /** Answers that are neither success nor worth another try. */
  readonly refused: string[];
}

const EVENTS = ['cart.paid', 'lead.qualified', 'email.opened'];
const DUPLICATED = 0.05;
const REORDERED = 0.2;
/** How far from now an event says that it happened. */
const REORDERED_MS = 4_000;
const HAPPENS_WITHIN_MS = 15_000;
const MOST_HAPPENINGS = 4;

export interface LoadOptions {
  readonly seed: number;
  readonly forMs: number;
  readonly perSecond: number;
  /** Whether so many are under way that nobody enters for now: a busy machine is slow, not wrong. */
  isFull(): Promise<boolean>;
}

const LOOK_AGAIN_MS = 500;

/** Lets people in at an even rate; resolves when the last one is in and everything has happened to all. */
export async function loadUp(
  rest: Rest,
  workspaces: readonly Workspace[],
  options: LoadOptions,
): Promise<Promised> {
  const promised: Promised = { enrollmentIds: [], eventIds: [], refused: [] };
  const { seed, forMs, perSecond } = options;
  const interval = 1_000 / perSecond;
  const people = Array.from({ length: Math.floor(forMs / interval) }, (_, index) => index);
  const beginsAt = Date.now();
  await Promise.all(
    people.map(async (index) => {
      await sleep(Math.max(0, beginsAt + index * interval - Date.now()));
      const workspace = workspaces[index % workspaces.length];
      if (workspace === undefined) throw new Error('There are no workspaces.');
      while (await options.isFull()) {
        await sleep(LOOK_AGAIN_MS);
        if (Date.now() > beginsAt + forMs) return;
      }
      await live(
        new Person(rest, workspace, promised, randomOf(seed, `person ${index}`)),
        beginsAt + forMs,
      );
    }),
  );
  return promised;
}

class Person {
  readonly email = `${randomUUID()}@example.com`;
  contactId = '';

  constructor(
    readonly rest: Rest,
    readonly workspace: Workspace,
    readonly promised: Promised,
    readonly random: Random,
  ) {}

  async call(method: 'POST' | 'PATCH', path: string, body: unknown) {
    const answer = await this.rest(method, path, this.workspace.apiKey, body);
    if (answer.status >= 400)
      this.promised.refused.push(
        `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    return answer;
  }
}

async function live(person: Person, endsAt: number): Promise<void> {
  const { random, workspace, promised, email } = person;
  const contact = {
    ...(random.chance(0.95) ? { email } : { externalId: email }),
    firstName: 'Ada',
    timeZone: random.pick(['Europe/Berlin', 'America/New_York']),
    tags: random.shuffled(['vip', 'buyer']).slice(0, random.between(0, 2)),
    score: random.pick([0, 10]),
    attributes: random.pick([{ plan: 'pro' }, { due: '2020-03-28' }]),
  };
  const journey = random.pick(workspace.journeys);
  person.contactId = String((await person.call('POST', '/contacts', contact)).body['id']);
  const entry = { contactId: person.contactId };
  const { status, body } = await person.call(
    'POST',
    `/workflows/${journey.key}/enrollments`,
    entry,
  );
  if (status >= 300) return;
  promised.enrollmentIds.push(String(body['id']));
  const within = Math.max(1_000, Math.min(HAPPENS_WITHIN_MS, endsAt - Date.now()));
  const happenings = Array.from(
    { length: random.between(0, MOST_HAPPENINGS) },
    () => random.fraction() * within,
  );
  await Promise.all(happenings.map((after) => sleep(after).then(() => happen(person))));
}

async function happen(person: Person): Promise<void> {
  const { random, contactId } = person;
  if (random.chance(0.2)) {
    const change = random.pick([
      { tags: ['vip', 'cold'] },
      { score: 30 },
      { attributes: { due: '2020-03-31' } },
      { tags: ['gone'] },
    ]);
    await person.call('PATCH', `/contacts/${contactId}`, change);
    return;
  }
  const id = randomUUID();
  const shift = random.chance(REORDERED) ? random.between(-REORDERED_MS, REORDERED_MS) : 0;
  const event = {
    ...{
      id,
      contactId,
      type: random.pick(EVENTS),
      properties: random.pick([{}, { total: 10 }, { total: 80, due: '2020-03-30' }]),
    },
    ...(shift === 0 ? {} : { occurredAt: new Date(Date.now() + shift).toISOString() }),
  };
  const times = random.chance(DUPLICATED) ? 2 : 1;
  const answers = await Promise.all(
    Array.from({ length: times }, () => person.call('POST', '/events', event)),
  );
  if (answers.some(({ status }) => status < 300)) person.promised.eventIds.push(id);
}
