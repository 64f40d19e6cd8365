/** What happens to people who have come to the gate. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { grouped } from '../chaos/oracle-walk';
import { type Random, randomOf } from '../chaos/random';
import { EXIT_TAG, GOAL } from './errands';
import { eventsOf } from './expected';
import type { Person, Place } from './people';
import { type Sender, type SentEvent, sideBySide } from './sends';

const TWICE = 0.05;
const MOST_TOGETHER = 50;
const AT_ONCE = 8;
/** Between two events of one person, in the soak. */
const PAUSE_MS = 1_500;

/** Everything that happens to everybody, mixed, and as fast as the API takes it. */
export async function storm(
  sender: Sender,
  people: readonly Person[],
  seed: number,
): Promise<void> {
  const random = randomOf(seed, 'storm');
  const leaving = people.filter(({ fate }) => fate.kind === 'leaves');
  const sends = people.flatMap((person) => {
    const events = eventsFor(person);
    const times = events.map(() => random.fraction());
    // Her own come in their order, unless she is one of those whose events do not.
    if (!person.isReordered) times.sort((a, b) => a - b);
    return events.flatMap((event, index) => {
      const first = { place: person.place, event, at: times[index] ?? 0 };
      return random.chance(TWICE) ? [first, { ...first, at: random.fraction() }] : [first];
    });
  });
  const mixed = sends.toSorted((a, b) => a.at - b.at);
  const arrays = [...grouped(mixed, ({ place }) => place.id).values()].flatMap((group) =>
    cut(group, random),
  );
  await Promise.all([
    sideBySide(random.shuffled(arrays), AT_ONCE, ([place, events]) => sender.events(place, events)),
    sideBySide(leaving, 1, (person) => leave(sender, person)),
  ]);
}

/** The same for one, at her own pace. */
export async function live(sender: Sender, person: Person, random: Random): Promise<void> {
  if (person.fate.kind === 'leaves') return leave(sender, person);
  const events = eventsFor(person);
  for (const event of person.isReordered ? random.shuffled(events) : events) {
    await sleep(random.fraction() * PAUSE_MS);
    const times = random.chance(TWICE) ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => sender.events(person.place, [event])));
  }
}

/** What she is told, in the order of her errand; whoever is reordered says when each happened. */
function eventsFor({ errand, fate, externalId, isReordered }: Person): SentEvent[] {
  const at = Date.now();
  return typesFor(fate, eventsOf(errand)).map((type, index) => ({
    ...{ id: randomUUID(), externalId, type },
    ...(isReordered ? { occurredAt: new Date(at + index).toISOString() } : {}),
  }));
}

function typesFor(fate: Person['fate'], events: readonly string[]): readonly string[] {
  switch (fate.kind) {
    case 'through':
      return events;
    case 'goal':
      return [GOAL.event];
    case 'stays':
      return events.slice(0, fate.heard);
    default:
      return [];
  }
}

async function leave(sender: Sender, { place, externalId }: Person): Promise<void> {
  await sender.call(place, '/contacts', { externalId, tags: [EXIT_TAG] });
}

interface Send {
  readonly place: Place;
  readonly event: SentEvent;
}

/** Arrays of one workspace, of any size. */
function cut(sends: readonly Send[], random: Random): (readonly [Place, SentEvent[]])[] {
  const arrays: (readonly [Place, SentEvent[]])[] = [];
  for (let from = 0; from < sends.length; ) {
    const size = random.between(1, MOST_TOGETHER);
    const part = sends.slice(from, from + size);
    const [first] = part;
    if (first !== undefined) arrays.push([first.place, part.map(({ event }) => event)]);
    from += size;
  }
  return arrays;
}
