import { z } from 'zod';
import type { Tx } from '../../db/client';
import {
  type ContactReference,
  type ContactRow,
  findContact,
  holdContact,
} from '../../db/contacts';
import { countEventTypes, listEvents, recordEvent } from '../../db/events';
import type { ErrorCode } from '../../errors';
import { mailAddress } from '../../journey/contact-fields';
import { eventType } from '../../journey/names';
import { knownEvent } from '../../language/event-catalogue';
import { LARGE_BODY_LIMIT } from '../body';
import { instantInput, jsonObject, listAnswer, listOf, pageQuery, uuid } from '../common';
import { readRoute, writeRoute } from '../route';
import { saveContact } from '../../db/save-contact';
import { eventCountsSchema, eventCountsView, eventSchema, eventView } from '../views/event';

const MAX_BATCH = 1_000;
/** Types that only Throughline may record: programs rely on their truth. */
const OWN_EVENTS = /^(enrollment|workflow)\./i;

/** Known events are stored under the name of the catalogue, by which journeys wait for them. */
const eventName = eventType
  .transform((name) => knownEvent(name) ?? name)
  .meta({ override: { type: 'string', maxLength: 100 } });

export const eventInput = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Your id of the event: the same id twice counts once.'),
    contactId: uuid.optional(),
    externalId: z.string().min(1).max(200).optional(),
    email: mailAddress.max(320).optional(),
    type: eventName,
    properties: jsonObject.optional(),
    occurredAt: instantInput.optional().describe('When it happened; now unless told.'),
    createContact: z
      .boolean()
      .optional()
      .describe('Whether an unknown contact is created, by externalId or email.'),
  })
  .refine(({ contactId, externalId, email }) => Boolean(contactId ?? externalId ?? email), {
    message: 'Say whose event it is by "contactId", "externalId" or "email".',
  })
  .meta({ id: 'EventInput' });

type EventInput = z.output<typeof eventInput>;

export const acceptedSchema = z
  .object({
    accepted: z.int().describe('Stored now.'),
    duplicates: z.int().describe('Stored before, under the same id.'),
    rejected: z.int(),
    results: z
      .array(z.object({ index: z.int(), code: z.string(), message: z.string() }))
      .describe('One for each rejected event, by its place in the request.'),
  })
  .meta({ id: 'EventsAccepted' });

type Accepted = z.infer<typeof acceptedSchema>;

const filters = {
  type: eventName.optional(),
  contactId: uuid.optional(),
  enrollmentId: uuid
    .optional()
    .describe('What let her in, what her enrollment caused, and what its messages met.'),
  from: instantInput.optional().describe('By the time of occurrence, inclusive.'),
  to: instantInput.optional().describe('By the time of occurrence, inclusive.'),
};

type Refusal = { readonly code: ErrorCode; readonly message: string };

export const eventRoutes = [
  writeRoute({
    method: 'post',
    path: '/events',
    operationId: 'recordEvents',
    summary: 'Report one event, or up to 1,000',
    description:
      'Events that were accepted are stored. One whose contact is unknown is rejected alone.',
    scope: 'events:write',
    maxBody: LARGE_BODY_LIMIT,
    body: z.union([
      eventInput,
      z.array(eventInput).min(1).max(MAX_BATCH, `At most ${MAX_BATCH} events in one request.`),
    ]),
    answers: { 202: { description: 'What became of each event.', schema: acceptedSchema } },
    async write(tx, { body }) {
      return {
        status: 202,
        body: await recordAll(tx, Array.isArray(body) ? body : [body], new Date()),
      };
    },
  }),
  readRoute({
    method: 'get',
    path: '/events',
    operationId: 'listEvents',
    summary: 'List events, the latest received first',
    scope: 'events:read',
    query: pageQuery.extend(filters),
    answers: { 200: { description: 'Events.', schema: listOf(eventSchema) } },
    async handle({ query, transaction }) {
      const { limit, cursor, ...filter } = query;
      return listAnswer(
        await transaction((tx) => listEvents(tx, filter, { limit, cursor })),
        eventView,
      );
    },
  }),
  readRoute({
    method: 'get',
    path: '/events/counts',
    operationId: 'countEvents',
    summary: 'Count events by type, the most frequent first',
    description: 'It takes the filters of the list. Types beyond the 1,000th are left out.',
    scope: 'events:read',
    query: z.strictObject(filters),
    answers: { 200: { description: 'The counts.', schema: eventCountsSchema } },
    async handle({ query, transaction }) {
      const counts = await transaction((tx) => countEventTypes(tx, query));
      return { status: 200, body: eventCountsView(counts) };
    },
  }),
];

async function recordAll(
  tx: Tx,
  inputs: readonly EventInput[],
  receivedAt: Date,
): Promise<Accepted> {
  const contacts = new Map<string, ContactRow | null>();
  const counts: Accepted = { accepted: 0, duplicates: 0, rejected: 0, results: [] };
  for (const [index, input] of inputs.entries()) {
    const outcome = await record(tx, input, receivedAt, contacts);
    if (typeof outcome === 'string') counts[outcome] += 1;
    else counts.results.push({ index, ...outcome });
  }
  return { ...counts, rejected: counts.results.length };
}

async function record(
  tx: Tx,
  input: EventInput,
  receivedAt: Date,
  contacts: Map<string, ContactRow | null>,
): Promise<'accepted' | 'duplicates' | Refusal> {
  if (OWN_EVENTS.test(input.type)) {
    return {
      code: 'event.rejected',
      message: `Events named "${input.type}" are recorded by Throughline alone. Choose another name.`,
    };
  }
  const contact = await contactOf(tx, input, receivedAt, contacts);
  if (!contact) {
    return {
      code: 'contact.not_found',
      message:
        'This contact is not known. Create it first, or send createContact: true with an externalId or email.',
    };
  }
  const { id: externalId, type, properties, occurredAt = receivedAt } = input;
  const { duplicate } = await recordEvent(tx, {
    externalId,
    contactId: contact.id,
    type,
    properties,
    occurredAt,
    receivedAt,
  });
  return duplicate ? 'duplicates' : 'accepted';
}

/** Held, so that she is not erased between this look and the event about her. */
async function heldContact(tx: Tx, reference: ContactReference): Promise<ContactRow | null> {
  const contact = await findContact(tx, reference);
  return contact && holdContact(tx, contact.id);
}

/** The contact of an event; one that is found is looked up once per batch. */
async function contactOf(
  tx: Tx,
  input: EventInput,
  at: Date,
  known: Map<string, ContactRow | null>,
): Promise<ContactRow | null> {
  const { contactId: id, externalId, email } = input;
  const reference = { id, externalId, email };
  const cacheKey = JSON.stringify(reference);
  const cached = known.get(cacheKey) ?? (await heldContact(tx, reference));
  const mayCreate = input.createContact === true && id === undefined;
  const contact =
    cached ?? (mayCreate ? (await saveContact(tx, { externalId, email }, at)).contact : null);
  known.set(cacheKey, contact);
  return contact;
}
