/** API keys as callers see them. */
import { z } from 'zod';
import { ADMIN, inForce, type IssuedKey } from '../../db/issued-keys';
import { instant, isoOrNull, uuid } from '../common';
import { SCOPE_NOUNS } from '../route';

const VERBS = ['read', 'write'] as const;

/** What a key can be allowed: all, one verb of one noun, all of a noun, or one verb of everything. */
export const grantedScope = z
  .enum([
    ADMIN,
    ...SCOPE_NOUNS.flatMap((noun) => [...VERBS, '*'].map((verb) => `${noun}:${verb}`)),
    ...VERBS.map((verb) => `*:${verb}`),
  ])
  .meta({ id: 'Scope' });

export const issuedKeySchema = z
  .object({
    id: uuid,
    name: z.string(),
    prefix: z.string().describe('The part of the key that may be shown: `tl_<prefix>_…`.'),
    scopes: z.array(z.string()),
    status: z
      .enum(['active', 'expired', 'revoked'])
      .describe('Whether it opens anything at this moment.'),
    createdAt: instant,
    createdBy: z.string().nullable().describe('The key that made it.'),
    expiresAt: instant.nullable().describe('It is in force before this instant; null for ever.'),
    lastUsedAt: instant.nullable().describe('To the minute; null when it never was.'),
    replacedBy: uuid.nullable().describe('The key that a rotation put in its place.'),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const newKeySchema = issuedKeySchema
  .extend({
    key: z
      .string()
      .nullable()
      .describe(
        'The key itself, this once; null where the request is repeated under its Idempotency-Key.',
      ),
  })
  .meta({ id: 'NewApiKey' });

export function issuedKeyView(row: IssuedKey): z.infer<typeof issuedKeySchema> {
  const { id, name, prefix, scopes, createdBy, replacedBy } = row;
  return {
    ...{ id, name, prefix, scopes, status: statusOf(row) },
    createdAt: row.createdAt.toISOString(),
    createdBy,
    expiresAt: isoOrNull(row.expiresAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    replacedBy,
    revokedAt: isoOrNull(row.revokedAt),
  };
}

function statusOf(row: IssuedKey): 'active' | 'expired' | 'revoked' {
  if (row.revokedAt !== null) return 'revoked';
  return inForce(row, new Date()) ? 'active' : 'expired';
}
