/** What a job would do that lets many people in, as far as it can be told in a moment. Nothing is written. */
import { AppError } from '../errors';
import type { Tx } from './client';
import { type ContactRow, foreseenContact, getContact } from './contacts';
import { eligibilityOf } from './eligibility';
import { countEntrants, type Entrants } from './entry-job';
import { isPaged, pageOfPeople } from './entry-sources';
import type { Judge } from './entry-rules';
import type { GivenPerson, RefusedPerson } from './job-people';
import type { JsonObject } from './json';
import type { WorkflowRow } from './workflows';

export interface ForecastAsked {
  readonly workflow: WorkflowRow;
  readonly entrants: Entrants;
  readonly key: string | null;
  readonly variables: JsonObject;
  readonly judge: Judge;
  readonly at: Date;
  /** How long it may take, in milliseconds. */
  readonly longestMs: number;
}

export interface EntryForecast {
  /** How many people are meant, or would be looked at. */
  readonly total: number;
  wouldEnter: number;
  wouldNot: number;
  /** Who was looked at and is not meant. */
  passedOver: number;
  readonly reasons: Record<string, number>;
  /** Some of those who would not enter. */
  readonly refused: RefusedPerson[];
  /** Whether everybody was looked at in the time that there was. */
  complete: boolean;
}

const REFUSED_SHOWN = 20;
const PAGE = 200;

/** Judges everybody as her admission would at this moment. */
export async function forecastEntries(tx: Tx, asked: ForecastAsked): Promise<EntryForecast> {
  const until = performance.now() + asked.longestMs;
  const total = await countEntrants(tx, asked.entrants);
  const forecast: EntryForecast = {
    ...{ total, wouldEnter: 0, wouldNot: 0, passedOver: 0 },
    ...{ reasons: {}, refused: [], complete: false },
  };
  if ('refused' in asked.entrants)
    for (const person of asked.entrants.refused) note(forecast, person);
  const seen = new Set<string>();
  for await (const person of everybody(tx, asked, forecast, until)) {
    if (performance.now() >= until) return forecast;
    note(forecast, await refusalOf(tx, asked, person, seen));
  }
  forecast.complete = performance.now() < until;
  return forecast;
}

function note(forecast: EntryForecast, refused: RefusedPerson | null): void {
  if (refused === null) {
    forecast.wouldEnter += 1;
    return;
  }
  forecast.wouldNot += 1;
  forecast.reasons[refused.reason] = (forecast.reasons[refused.reason] ?? 0) + 1;
  if (forecast.refused.length < REFUSED_SHOWN) forecast.refused.push(refused);
}

async function* everybody(
  tx: Tx,
  { entrants, judge, at }: ForecastAsked,
  forecast: EntryForecast,
  until: number,
): AsyncGenerator<GivenPerson> {
  if ('people' in entrants) return yield* entrants.people;
  const { selection } = entrants;
  let [after, ended, position]: [string | null, boolean, number] = [null, !isPaged(selection), 0];
  while (!ended && performance.now() < until) {
    const asked = { selection, madeAt: at, after, limit: PAGE, judge, at, until };
    const page = await pageOfPeople(tx, asked);
    for (const { contactId, passedBefore } of page.people) {
      forecast.passedOver += passedBefore;
      position += 1 + passedBefore;
      yield { position, contactId };
    }
    forecast.passedOver += page.passedBehind;
    position += page.passedBehind;
    [after, ended] = [page.last, page.ended];
  }
}

/** Why she would not be let in; null when she would. */
async function refusalOf(
  tx: Tx,
  { workflow, key, variables, at, judge }: ForecastAsked,
  person: GivenPerson,
  seen: Set<string>,
): Promise<RefusedPerson | null> {
  const { position } = person;
  const refused = (contactId: string | null, reason: string): RefusedPerson => {
    return { position, contactId, reason, detail: null };
  };
  const contact = await contactOf(tx, person);
  if (typeof contact === 'string')
    return refused('contactId' in person ? person.contactId : null, contact);
  if (seen.has(contact.id)) return refused(contact.id, 'row.duplicate');
  const brought = 'input' in person ? { ...variables, ...person.input.variables } : variables;
  const entry = { workflow, contact, key, variables: brought, at, judge };
  const { refusal } = await eligibilityOf(tx, entry);
  if (refusal !== null) return refused(contact.id, refusal.blocked);
  seen.add(contact.id);
  return null;
}

/** The contact as she would be then, or why there would be none. */
async function contactOf(tx: Tx, person: GivenPerson): Promise<ContactRow | string> {
  if ('contactId' in person) return (await getContact(tx, person.contactId)) ?? 'contact.not_found';
  try {
    return await foreseenContact(tx, person.input.contact);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}
