/** Lists, which people are put on by nodes or here by hand. */
import { z } from 'zod';
import { recordAudit } from '../../db/audit';
import type { Tx } from '../../db/client';
import {
  countMembers,
  createList,
  deleteList,
  getList,
  type ListRow,
  pageOfLists,
  renameList,
} from '../../db/lists';
import type { JsonObject } from '../../db/json';
import { fail } from '../../errors';
import { isUuid } from '../../ids';
import { listKey } from '../../journey/list-key';
import { listAnswer, listOf, pageQuery } from '../common';
import { readRoute, writeRoute } from '../route';
import { countedListSchema, listSchema, listView } from '../views/list';

const name = z.string().trim().min(1).max(200).describe('What people call it.');

export const listInput = z
  .strictObject({
    key: listKey
      .refine((key) => !isUuid(key), 'A key in the form of an id would be taken for one.')
      .describe('By which nodes, conditions and addresses name it.'),
    name: name.optional().describe('What people call it; the key unless told.'),
  })
  .meta({ id: 'ContactListInput' });

/** Names a list in an address. */
export const byIdOrKey = z.strictObject({ id: z.string().describe('The id or key.') });

export const listMissing = (idOrKey: string) =>
  fail(
    'list.not_found',
    `There is no list with the id or key "${idOrKey.slice(0, 100)}" in this workspace.`,
  );

export const listRoutes = [
  writeRoute({
    method: 'post',
    path: '/lists',
    operationId: 'createList',
    summary: 'Make a list',
    description: 'The node `add_to_list` makes one by itself when there is none of its key.',
    scope: 'contacts:write',
    body: listInput,
    answers: { 201: { description: 'The list, empty.', schema: listSchema } },
    problems: ['list.key_taken'],
    async write(tx, { body, key: { keyId } }) {
      const row = await createList(tx, { key: body.key, name: body.name ?? body.key });
      if (row === null)
        throw fail(
          'list.key_taken',
          `A list with the key "${body.key}" exists already. Choose another key.`,
        );
      await noted(tx, keyId, row, 'create', { key: row.key });
      const headers = { Location: `/api/v1/lists/${row.id}` };
      return { status: 201, body: listView(row), headers };
    },
  }),
  readRoute({
    method: 'get',
    path: '/lists',
    operationId: 'listLists',
    summary: 'List the lists, the newest first',
    scope: 'contacts:read',
    query: pageQuery,
    answers: { 200: { description: 'Lists.', schema: listOf(listSchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => listAnswer(await pageOfLists(tx, query), listView)),
  }),
  readRoute({
    method: 'get',
    path: '/lists/:id',
    operationId: 'getList',
    summary: 'Get a list by its id or key, with how many are on it',
    scope: 'contacts:read',
    params: byIdOrKey,
    answers: { 200: { description: 'The list.', schema: countedListSchema } },
    problems: ['list.not_found'],
    handle: ({ params: { id }, transaction }) =>
      transaction(async (tx) => {
        const row = await getList(tx, id);
        if (row === null) throw listMissing(id);
        const memberCount = await countMembers(tx, row.id);
        return { status: 200, body: { ...listView(row), memberCount } };
      }),
  }),
  writeRoute({
    method: 'patch',
    path: '/lists/:id',
    operationId: 'renameList',
    summary: 'Call a list otherwise; its key stays',
    scope: 'contacts:write',
    params: byIdOrKey,
    body: z.strictObject({ name }).meta({ id: 'ContactListPatch' }),
    answers: { 200: { description: 'The list.', schema: listSchema } },
    problems: ['list.not_found'],
    async write(tx, { params: { id }, body, key: { keyId } }) {
      const row = await renameList(tx, id, body.name);
      if (row === null) throw listMissing(id);
      await noted(tx, keyId, row, 'rename', {});
      return { status: 200, body: listView(row) };
    },
  }),
  writeRoute({
    method: 'delete',
    path: '/lists/:id',
    operationId: 'deleteList',
    summary: 'Delete a list',
    description:
      'Who was on it is on it no more, without a `list.left` event. To have those, take everybody off it first.',
    scope: 'contacts:write',
    params: byIdOrKey,
    answers: { 200: { description: 'What it was.', schema: listSchema } },
    problems: ['list.not_found'],
    async write(tx, { params: { id }, key: { keyId } }) {
      const row = await deleteList(tx, id);
      if (row === null) throw listMissing(id);
      await noted(tx, keyId, row, 'delete', { key: row.key });
      return { status: 200, body: listView(row) };
    },
  }),
];

function noted(
  tx: Tx,
  actor: string,
  { id: subjectId }: ListRow,
  act: 'create' | 'rename' | 'delete',
  detail: JsonObject,
): Promise<void> {
  return recordAudit(tx, { actor, action: `list.${act}`, subjectType: 'list', subjectId, detail });
}
