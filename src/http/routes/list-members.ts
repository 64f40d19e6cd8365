/** Who is on a list: many people at once put on it or taken off, with the events that tell of it. */
import { z } from 'zod';
import { recordAudit } from '../../db/audit';
import type { Tx } from '../../db/client';
import { findContact } from '../../db/contacts';
import { recordEvent } from '../../db/events';
import { addMembers, pageOfMembers, removeMembers } from '../../db/list-members';
import { getList, holdList, type ListRow } from '../../db/lists';
import type { ErrorCode } from '../../errors';
import { mailAddress } from '../../journey/contact-fields';
import { LARGE_BODY_LIMIT } from '../body';
import { listAnswer, listOf, pageQuery, uuid } from '../common';
import { readRoute, writeRoute } from '../route';
import { addedSchema, memberSchema, memberView, removedSchema } from '../views/list';
import { byIdOrKey, listMissing } from './lists';

const MOST = 1_000;

const reference = z
  .strictObject({
    contactId: uuid.optional(),
    externalId: z.string().min(1).max(200).optional(),
    email: mailAddress.max(320).optional(),
  })
  .refine(({ contactId, externalId, email }) => Boolean(contactId ?? externalId ?? email), {
    message: 'Name the contact by "contactId", "externalId" or "email".',
  })
  .meta({ id: 'ContactReference' });

export const membersInput = z
  .strictObject({
    contacts: z.array(reference).min(1).max(MOST, `At most ${MOST} contacts in one request.`),
  })
  .meta({ id: 'MembersInput' });

type Reference = z.output<typeof reference>;

const ALONE = 'A contact that is not known is rejected alone.';

export const listMemberRoutes = [
  readRoute({
    method: 'get',
    path: '/lists/:id/members',
    operationId: 'listMembers',
    summary: 'List who is on a list, the newest contacts first',
    scope: 'contacts:read',
    params: byIdOrKey,
    query: pageQuery,
    answers: { 200: { description: 'Members.', schema: listOf(memberSchema) } },
    problems: ['list.not_found'],
    handle: ({ params: { id }, query, transaction }) =>
      transaction(async (tx) => {
        const list = await getList(tx, id);
        if (list === null) throw listMissing(id);
        return listAnswer(await pageOfMembers(tx, list.id, query), memberView);
      }),
  }),
  writeRoute({
    method: 'post',
    path: '/lists/:id/members',
    operationId: 'addMembers',
    summary: 'Put up to 1,000 contacts on a list',
    description: `Each who was not on it is a \`list.entered\` event. ${ALONE}`,
    scope: 'contacts:write',
    params: byIdOrKey,
    maxBody: LARGE_BODY_LIMIT,
    body: membersInput,
    answers: { 200: { description: 'What became of each.', schema: addedSchema } },
    problems: ['list.not_found'],
    async write(tx, { params: { id }, body, key: { keyId } }) {
      const at = new Date();
      const { list, ids, ...told } = await resolved(tx, id, body.contacts);
      const added = await addMembers(tx, list.id, ids, at);
      await tell(tx, { list, ids: added, type: 'list.entered', at });
      await noted(tx, keyId, list, { action: 'list.members_added', count: added.length });
      const unchanged = body.contacts.length - told.rejected - added.length;
      return { status: 200, body: { added: added.length, unchanged, ...told } };
    },
  }),
  writeRoute({
    method: 'post',
    path: '/lists/:id/members/remove',
    operationId: 'removeMembers',
    summary: 'Take up to 1,000 contacts off a list',
    description: `Each who was on it is a \`list.left\` event. ${ALONE}`,
    scope: 'contacts:write',
    params: byIdOrKey,
    maxBody: LARGE_BODY_LIMIT,
    body: membersInput,
    answers: { 200: { description: 'What became of each.', schema: removedSchema } },
    problems: ['list.not_found'],
    async write(tx, { params: { id }, body, key: { keyId } }) {
      const { list, ids, ...told } = await resolved(tx, id, body.contacts);
      const removed = await removeMembers(tx, list.id, ids);
      await tell(tx, { list, ids: removed, type: 'list.left', at: new Date() });
      await noted(tx, keyId, list, { action: 'list.members_removed', count: removed.length });
      const unchanged = body.contacts.length - told.rejected - removed.length;
      return { status: 200, body: { removed: removed.length, unchanged, ...told } };
    },
  }),
];

interface Resolved {
  readonly list: ListRow;
  /** Of contacts that exist, each once. */
  readonly ids: readonly string[];
  readonly rejected: number;
  readonly results: readonly { index: number; code: ErrorCode; message: string }[];
}

/** The list, held, and whom the references name. Fails with `list.not_found`. */
async function resolved(
  tx: Tx,
  idOrKey: string,
  references: readonly Reference[],
): Promise<Resolved> {
  const list = await holdList(tx, idOrKey);
  if (list === null) throw listMissing(idOrKey);
  const ids = new Set<string>();
  const unknown: number[] = [];
  for (const [index, { contactId: id, externalId, email }] of references.entries()) {
    const contact = await findContact(tx, { id, externalId, email });
    if (contact === null) unknown.push(index);
    else ids.add(contact.id);
  }
  const results = unknown.map((index) => ({
    index,
    code: 'contact.not_found' as const,
    message: 'This contact is not known. Create it first.',
  }));
  return { list, ids: [...ids], rejected: results.length, results };
}

interface Told {
  readonly list: ListRow;
  readonly ids: readonly string[];
  readonly type: 'list.entered' | 'list.left';
  readonly at: Date;
}

async function tell(tx: Tx, { list, ids, type, at }: Told): Promise<void> {
  const properties = { list: list.key };
  for (const contactId of ids)
    await recordEvent(tx, { contactId, type, properties, occurredAt: at, receivedAt: at });
}

async function noted(
  tx: Tx,
  actor: string,
  { id: subjectId }: ListRow,
  { action, count }: { readonly action: string; readonly count: number },
): Promise<void> {
  if (count === 0) return;
  await recordAudit(tx, { actor, action, subjectType: 'list', subjectId, detail: { count } });
}
