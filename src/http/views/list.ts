/** Lists and who is on them, as callers see them. */
import { z } from 'zod';
import type { ListMember } from '../../db/list-members';
import type { ListRow } from '../../db/lists';
import { instant, uuid } from '../common';

export const listSchema = z
  .object({
    id: uuid,
    key: z.string().describe('By which nodes, conditions and addresses name it; it stays.'),
    name: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'ContactList' });

export const countedListSchema = listSchema
  .extend({ memberCount: z.int().describe('How many people are on it.') })
  .meta({ id: 'CountedContactList' });

export const memberSchema = z
  .object({
    contactId: uuid,
    externalId: z.string().nullable(),
    email: z.string().nullable(),
    addedAt: instant,
  })
  .meta({ id: 'ListMember' });

const rejections = {
  unchanged: z.int().describe('Were so already.'),
  rejected: z.int(),
  results: z
    .array(z.object({ index: z.int(), code: z.string(), message: z.string() }))
    .describe('One for each rejected entry, by its place in the request.'),
};

export const addedSchema = z
  .object({ added: z.int().describe('Are on the list now.'), ...rejections })
  .meta({ id: 'MembersAdded' });

export const removedSchema = z
  .object({ removed: z.int().describe('Are off the list now.'), ...rejections })
  .meta({ id: 'MembersRemoved' });

export function listView({ id, key, name, createdAt }: ListRow): z.infer<typeof listSchema> {
  return { id, key, name, createdAt: createdAt.toISOString() };
}

export function memberView(row: ListMember): z.infer<typeof memberSchema> {
  const { contactId, externalId, email, addedAt } = row;
  return { contactId, externalId, email, addedAt: addedAt.toISOString() };
}
