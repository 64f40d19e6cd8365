import { z } from 'zod';
import { uuid } from '../common';
import { entrySource } from './source';

const MOST = 10_000;

export const fromContactIds = entrySource({
  field: z
    .array(uuid)
    .min(1)
    .max(MOST, `At most ${MOST} contacts in one request.`)
    .describe('These contacts, in this order.'),
  async open(_tx, ids) {
    const people = ids.map((contactId, index) => ({ position: index + 1, contactId }));
    return { selection: { contactIds: ids.length }, people, refused: [] };
  },
});
