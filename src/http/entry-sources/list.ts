import { z } from 'zod';
import { getList } from '../../db/lists';
import { listMissing } from '../routes/lists';
import { entrySource } from './source';

export const fromList = entrySource({
  field: z.string().min(1).max(200).describe('The id or key of a list: who is on it.'),
  async open(tx, idOrKey) {
    const row = await getList(tx, idOrKey);
    if (row === null) throw listMissing(idOrKey);
    return { selection: { list: { id: row.id, key: row.key } } };
  },
});
