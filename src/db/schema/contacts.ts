import { sql } from 'drizzle-orm';
import {
  doublePrecision,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Consent } from '../../journey/consent';
import { instant, jsonObject, workspaceId } from './columns';

/** A person. E-mail addresses are told apart without regard to case. */
export const contacts = pgTable(
  'contacts',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    externalId: text('external_id'),
    email: text('email'),
    phone: text('phone'),
    firstName: text('first_name'),
    lastName: text('last_name'),
    timeZone: text('time_zone'),
    attributes: jsonObject('attributes').notNull().default({}),
    tags: text('tags').array().notNull().default([]),
    score: doublePrecision('score').notNull().default(0),
    /** By channel; one that is not named may be used. */
    consent: jsonb('consent').$type<Consent>().notNull().default({}),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    /** When the person was erased; every other field of hers is empty then. */
    erasedAt: instant('erased_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('contacts_external_id').on(t.workspaceId, t.externalId),
    uniqueIndex('contacts_email').on(t.workspaceId, sql`lower(${t.email})`),
  ],
);
