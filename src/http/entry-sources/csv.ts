import { z } from 'zod';
import { readCsv } from '../csv/read-csv';
import { entrySource } from './source';

/** Characters of a file. */
const LONGEST = 5_000_000;

export const fromCsv = entrySource({
  field: z
    .string()
    .min(1)
    .max(LONGEST, `A file has ${LONGEST} characters at most. Send it in parts.`)
    .describe(
      'The text of a CSV file with a row of names. Columns `id`, `externalId`, `email` and other fields of a contact create or change it, as by POST /contacts; `variables.x` is a variable of the enrollment, and any other column an attribute.',
    ),
  async open(_tx, text) {
    const { people, refused } = await readCsv(text);
    const rows = people.length + refused.length;
    return { selection: { csv: { rows } }, people, refused };
  },
});
