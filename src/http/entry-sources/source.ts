/** One way to say who is let in. */
import type { z } from 'zod';
import type { Tx } from '../../db/client';
import type { Entrants } from '../../db/entry-job';

export interface EntrySource<T extends z.ZodType> {
  /** What the request says under the name of the source. */
  readonly field: T;
  /** Whom it means. Fails with a problem when it means nobody that is known. */
  open(tx: Tx, given: z.output<T>): Promise<Entrants>;
}

export function entrySource<T extends z.ZodType>(source: EntrySource<T>): EntrySource<T> {
  return source;
}
