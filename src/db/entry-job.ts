/** Jobs that let many people into a workflow. What they do in a second is in entry-batch.ts. */
import type { Tx } from './client';
import { countPeople, isPaged, type PagedSelection } from './entry-sources';
import { type GivenPerson, namePeople, type RefusedPerson } from './job-people';
import { type JobRow, storeJob } from './jobs';
import type { JsonObject } from './json';

/** People who are named one by one, and how many rows or ids there were. */
export interface NamedPeople {
  readonly selection: { readonly csv: { readonly rows: number } } | { readonly contactIds: number };
  readonly people: readonly GivenPerson[];
  /** Those of whom it is known already that they cannot be let in. */
  readonly refused: readonly RefusedPerson[];
}

/** Whom a job is to let in: found page by page, or named one by one. */
export type Entrants = { readonly selection: PagedSelection } | NamedPeople;

export interface EntryJob {
  readonly workflowId: string;
  readonly entrants: Entrants;
  readonly variables?: JsonObject | undefined;
  readonly key?: string | undefined;
  readonly perSecond?: number | undefined;
  readonly createdBy: string;
}

/** What a job lets people in with, as its row has it. */
export interface EntryInput {
  readonly variables?: JsonObject;
  readonly key?: string;
}

/** Stores a job that lets everybody in who is meant, and has the relay start it. */
export async function startEntryJob(tx: Tx, job: EntryJob): Promise<JobRow> {
  const { workflowId, entrants, variables, key, perSecond, createdBy } = job;
  const named = 'people' in entrants ? entrants : null;
  const refused = named?.refused ?? [];
  const total = await countEntrants(tx, entrants);
  const input: EntryInput = {
    ...(variables === undefined ? {} : { variables }),
    ...(key === undefined ? {} : { key }),
  };
  const row = await storeJob(
    tx,
    {
      ...{ type: 'enrollments', commandType: 'enroll', workflowId, perSecond, createdBy, total },
      input: input as JsonObject,
      selection: entrants.selection as unknown as JsonObject,
      ordered: refused.length,
      reasons: tallyOf(refused),
    },
    // What a filter compares with and what people bring along may be about a person.
    { workflowId, commandType: 'enroll', source: sourceOf(entrants.selection), total },
  );
  if (named !== null) await namePeople(tx, row.id, named.people, refused);
  return row;
}

/** How many people are meant, or will be looked at. */
export async function countEntrants(tx: Tx, entrants: Entrants): Promise<number> {
  const { selection } = entrants;
  if ('people' in entrants) return entrants.people.length + entrants.refused.length;
  return isPaged(selection) ? countPeople(tx, { selection, madeAt: new Date() }) : 0;
}

/** How many there are of each reason. */
export function tallyOf(refused: readonly RefusedPerson[]): Record<string, number> {
  const reasons: Record<string, number> = {};
  for (const { reason } of refused) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return reasons;
}

const sourceOf = (selection: object): JsonObject =>
  'list' in selection
    ? { list: (selection as { list: JsonObject }).list }
    : { kind: Object.keys(selection)[0] ?? '' };
