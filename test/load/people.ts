/** Who takes part: which errand each is on, by which way she comes in, and what will happen to her. */
import { type Random, randomOf } from '../chaos/random';
import type { Workspace } from '../chaos/load';
import { type Errand, PRO } from './errands';
import { type Expected, eventsOf, expectedOf, type Fate } from './expected';

/** A workspace with its errands. */
export interface Place extends Workspace {
  /** What mails and calls of its definitions say. */
  readonly home: string;
  readonly errands: readonly Errand[];
}

export type Way = 'file' | 'list' | 'event' | 'call';

export interface Person {
  readonly place: Place;
  /** The same in every workspace: whoever mixes workspaces up mixes people up. */
  readonly externalId: string;
  readonly email: string;
  readonly errand: Errand;
  readonly way: Way;
  readonly fate: Fate;
  readonly expected: Expected;
  /** Whether her events arrive in an order of their own. */
  readonly isReordered: boolean;
}

const PRO_SHARE = 0.5;
/** The errand with the loop is the longest by far. */
const LONG_SHARE = 0.1;
const REORDERED = 0.2;
const FATES: readonly (readonly [Fate['kind'], number])[] = [
  ['stays', 0.08],
  ['goal', 0.08],
  ['leaves', 0.04],
];
const WAYS: readonly (readonly [Way, number])[] = [
  ['file', 0.3],
  ['list', 0.2],
  ['event', 0.25],
  ['call', 0.25],
];
/** Jobs are for many at once. */
const SINGLY: readonly (readonly [Way, number])[] = [
  ['event', 0.5],
  ['call', 0.5],
];

export interface PeopleOptions {
  readonly seed: number;
  readonly count: number;
  readonly places: readonly Place[];
  /** Begins the names of this group. */
  readonly group: string;
  /** Whether they come one by one. */
  readonly singly?: boolean;
}

/** People, evenly over the workspaces; of every fate and way there is somebody. */
export function peopleOf({ seed, count, places, group, singly }: PeopleOptions): Person[] {
  const deal = randomOf(seed, `deal ${group}`);
  const fates = dealt<Fate['kind']>(FATES, count, 'through', deal);
  const ways = dealt<Way>(singly === true ? SINGLY : WAYS, count, 'call', deal);
  return Array.from({ length: count }, (_, index) => {
    const place = places[index % places.length];
    if (place === undefined) throw new Error('There are no workspaces.');
    // Not of the workspace: the same name has the same address everywhere.
    const name = `${group}${Math.floor(index / places.length)}`;
    const isPro = randomOf(seed, `pro ${name}`).chance(PRO_SHARE);
    const random = randomOf(seed, `${group} ${index}`);
    const errand = errandFor(place, random);
    const fate = fateOf(fates[index] ?? 'through', errand, random);
    return {
      ...{ place, externalId: name, email: `${name}${isPro ? PRO : '@'}example.com` },
      ...{ errand, fate, expected: expectedOf(errand, fate, isPro) },
      way: ways[index] ?? 'call',
      isReordered: random.chance(REORDERED),
    };
  });
}

function errandFor({ errands }: Place, random: Random): Errand {
  const [long, ...others] = errands;
  const errand = others.length === 0 || random.chance(LONG_SHARE) ? long : random.pick(others);
  if (errand === undefined) throw new Error('A workspace has no errands.');
  return errand;
}

function fateOf(kind: Fate['kind'], errand: Errand, random: Random): Fate {
  if (kind !== 'stays') return { kind };
  return { kind, heard: random.between(0, eventsOf(errand).length - 1) };
}

/** So many of each by its share, but one at least, in any order. */
function dealt<T>(
  shares: readonly (readonly [T, number])[],
  count: number,
  rest: T,
  random: Random,
): T[] {
  const deck = shares.flatMap(([what, share]) =>
    Array<T>(Math.max(1, Math.round(share * count))).fill(what),
  );
  return random.shuffled([...deck, ...Array<T>(Math.max(0, count - deck.length)).fill(rest)]);
}

/** Names somebody beyond her workspace. */
export const nameOf = ({ place, externalId }: Pick<Person, 'place' | 'externalId'>): string =>
  `${place.home}/${externalId}`;
