/** People whom a job finds page by page, in the order of their ids: so it needs no copy of them, however many. */
import type { Judge } from '../entry-rules';
import type { Tx } from '../client';

/** Which people: those of the moment when the job was made. */
export interface Asked<S> {
  readonly selection: S;
  /** Who came later is not meant. */
  readonly madeAt: Date;
}

export interface PageAsked<S> extends Asked<S> {
  /** The last contact that was looked at. */
  readonly after: string | null;
  /** At most so many people. */
  readonly limit: number;
  readonly judge: Judge;
  readonly at: Date;
  /** When to leave the rest to the next page, by `performance.now()`. */
  readonly until: number;
}

export interface FoundPerson {
  readonly contactId: string;
  /** How many were looked at in vain since the person before. */
  readonly passedBefore: number;
}

export interface PeoplePage {
  readonly people: readonly FoundPerson[];
  /** How many were looked at in vain behind the last of them. */
  readonly passedBehind: number;
  /** The last contact that was looked at; null where nobody was. */
  readonly last: string | null;
  /** Whether nobody is left. */
  readonly ended: boolean;
}

/** A kind of people; a new one is a file beside this one and a line in `index.ts`. */
export interface PagedSource<S> {
  /** How many will be looked at. */
  count(tx: Tx, asked: Asked<S>): Promise<number>;
  page(tx: Tx, asked: PageAsked<S>): Promise<PeoplePage>;
}
