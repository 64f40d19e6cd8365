import { z } from 'zod';
import { getContact, listContacts } from '../../db/contacts';
import { recordAudit } from '../../db/audit';
import { listEnrollments } from '../../db/enrollments';
import { eraseContact } from '../../db/erase-contact';
import { listEvents } from '../../db/events';
import { fail } from '../../errors';
import { consentChange } from '../../journey/consent';
import { scoreRule, tagsRule, TEXT_FIELD_RULES } from '../../journey/contact-fields';
import { byId, found, jsonObject, listAnswer, listOf, pageQuery, uuid } from '../common';
import { readRoute, writeRoute } from '../route';
import { changeContact, saveContact } from '../../db/save-contact';
import { contactWarnings } from '../contact-warnings';
import { contactSchema, contactView } from '../views/contact';
import { enrollmentSchema, enrollmentView } from '../views/enrollment';
import { eventSchema, eventView } from '../views/event';

const { externalId, email, phone, firstName, lastName, timeZone } = TEXT_FIELD_RULES;

const fields = {
  externalId: externalId
    .nullable()
    .optional()
    .describe('The id that your system gives this person.'),
  email: email.nullable().optional().describe('Compared without regard to case.'),
  phone: phone.nullable().optional().describe('A phone number, best in E.164.'),
  firstName: firstName.nullable().optional(),
  lastName: lastName.nullable().optional(),
  timeZone: timeZone
    .nullable()
    .optional()
    .describe('An IANA zone such as `Europe/Berlin`; an unknown one counts as none.'),
  attributes: jsonObject.optional().describe('Your own fields; merged by name, null removes one.'),
  tags: tagsRule.optional().describe('All tags: those left out are removed.'),
  score: scoreRule.optional(),
  consent: consentChange.optional(),
};

/** What names or describes a contact; also accepted inline where somebody is enrolled. */
export const contactInput = z
  .strictObject({ id: uuid.optional().describe('Our id.'), ...fields })
  .refine(({ id, externalId, email }) => Boolean(id ?? externalId ?? email), {
    message: 'Name the contact by "id", "externalId" or "email".',
  })
  .meta({ id: 'ContactInput' });

export const contactPatch = z.strictObject(fields).meta({ id: 'ContactPatch' });

const erasedSchema = z
  .object({
    id: uuid,
    cancelledEnrollments: z.int().describe('How many enrollments were under way.'),
  })
  .meta({ id: 'ContactErased' });

/** Whoever gives an address where an id belongs is told how to find the id. */
export const contactMissing = (id: string) => () => {
  const missing = `There is no contact "${id.slice(0, 100)}" in this workspace.`;
  const hint = ' Here a contact is named by its id; GET /contacts?email= finds it by the address.';
  return fail('contact.not_found', id.includes('@') ? missing + hint : missing);
};

export const contactRoutes = [
  writeRoute({
    method: 'post',
    path: '/contacts',
    operationId: 'upsertContact',
    summary: 'Create a contact, or change the one that the identifiers name',
    scope: 'contacts:write',
    body: contactInput,
    answers: {
      200: { description: 'The contact, changed.', schema: contactSchema },
      201: { description: 'The contact, created.', schema: contactSchema },
    },
    problems: ['contact.conflict'],
    async write(tx, { body }) {
      const { contact, created } = await saveContact(tx, body, new Date());
      return {
        status: created ? 201 : 200,
        body: contactView(contact, contactWarnings(body)),
        headers: { Location: `/api/v1/contacts/${contact.id}` },
      };
    },
  }),
  readRoute({
    method: 'get',
    path: '/contacts',
    operationId: 'listContacts',
    summary: 'List contacts, the newest first, or find one',
    scope: 'contacts:read',
    query: pageQuery.extend({
      email: z
        .string()
        .min(1)
        .max(320)
        .optional()
        .describe('Only who has this address, compared without regard to case.'),
      externalId: z.string().min(1).max(200).optional().describe('Only who has this id of yours.'),
    }),
    answers: { 200: { description: 'Contacts.', schema: listOf(contactSchema) } },
    async handle({ query, transaction }) {
      return listAnswer(await transaction((tx) => listContacts(tx, query, query)), (row) =>
        contactView(row),
      );
    },
  }),
  readRoute({
    method: 'get',
    path: '/contacts/:id',
    operationId: 'getContact',
    summary: 'Get a contact',
    scope: 'contacts:read',
    params: byId,
    answers: { 200: { description: 'The contact.', schema: contactSchema } },
    problems: ['contact.not_found'],
    async handle({ params: { id }, transaction }) {
      const contact = await found(
        id,
        (known) => transaction((tx) => getContact(tx, known)),
        contactMissing(id),
      );
      return { status: 200, body: contactView(contact) };
    },
  }),
  writeRoute({
    method: 'patch',
    path: '/contacts/:id',
    operationId: 'changeContact',
    summary: 'Change the fields that are given; null clears one',
    scope: 'contacts:write',
    params: byId,
    body: contactPatch,
    answers: { 200: { description: 'The contact, changed.', schema: contactSchema } },
    problems: ['contact.not_found', 'contact.conflict'],
    async write(tx, { params: { id }, body }) {
      const contact = await found(
        id,
        (known) => changeContact(tx, known, body, new Date()),
        contactMissing(id),
      );
      return { status: 200, body: contactView(contact, contactWarnings(body)) };
    },
  }),
  writeRoute({
    method: 'delete',
    path: '/contacts/:id',
    operationId: 'eraseContact',
    summary: 'Erase a person, at once and for good',
    description:
      'Everything that says who the person was is gone when the answer comes: fields, events, messages. Enrollments under way are cancelled. The counts of workflows stay as they were.',
    scope: 'contacts:write',
    params: byId,
    answers: { 200: { description: 'The person was erased.', schema: erasedSchema } },
    problems: ['contact.not_found'],
    async write(tx, { params: { id }, key }) {
      const erasure = await found(
        id,
        (known) => eraseContact(tx, known, new Date()),
        contactMissing(id),
      );
      await recordAudit(tx, {
        actor: key.keyId,
        action: 'contact.erased',
        subjectType: 'contact',
        subjectId: id,
      });
      return { status: 200, body: { id, ...erasure } };
    },
  }),
  readRoute({
    method: 'get',
    path: '/contacts/:id/enrollments',
    operationId: 'listContactEnrollments',
    summary: 'List the enrollments of a contact, the newest first',
    scope: 'enrollments:read',
    params: byId,
    query: pageQuery,
    answers: { 200: { description: 'Enrollments.', schema: listOf(enrollmentSchema) } },
    problems: ['contact.not_found'],
    handle: ({ params: { id }, query, transaction }) =>
      transaction(async (tx) => {
        const contact = await found(id, (known) => getContact(tx, known), contactMissing(id));
        return listAnswer(
          await listEnrollments(tx, { contactId: contact.id }, query),
          enrollmentView,
        );
      }),
  }),
  readRoute({
    method: 'get',
    path: '/contacts/:id/events',
    operationId: 'listContactEvents',
    summary: 'List the events of a contact, the latest received first',
    scope: 'events:read',
    params: byId,
    query: pageQuery,
    answers: { 200: { description: 'Events.', schema: listOf(eventSchema) } },
    problems: ['contact.not_found'],
    handle: ({ params: { id }, query, transaction }) =>
      transaction(async (tx) => {
        const contact = await found(id, (known) => getContact(tx, known), contactMissing(id));
        return listAnswer(await listEvents(tx, { contactId: contact.id }, query), eventView);
      }),
  }),
];
