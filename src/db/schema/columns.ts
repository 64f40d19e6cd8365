import { sql } from 'drizzle-orm';
import { jsonb, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { JsonObject } from '../json';

/**
 * The tenant of a row. The default is the workspace of the transaction, so no query names it;
 * outside `inWorkspace` it is null and the insert is refused.
 */
export const workspaceId = () =>
  uuid('workspace_id')
    .notNull()
    .default(sql`nullif(current_setting('throughline.workspace', true), '')::uuid`);

/** An instant with the precision of a JavaScript Date: what is read back equals what was written. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/**
 * Always an object: the driver parses jsonb and drizzle parses strings once more, so a scalar
 * text such as "5" would come back as a number.
 */
export const jsonObject = (name: string) => jsonb(name).$type<JsonObject>();
