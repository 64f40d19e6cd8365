import { type KeyIdentity, lookUpApiKey } from '../db/api-keys';
import type { Database } from '../db/client';
import { fail } from '../errors';
import type { Scope } from './route';

const BEARER = /^Bearer +(\S+) *$/i;

/** Whose key an Authorization header holds. Fails with `auth.missing` or `auth.invalid`. */
export async function authenticate(
  db: Database,
  authorization: string | undefined,
): Promise<KeyIdentity> {
  if (authorization === undefined) {
    throw fail('auth.missing', 'Send your API key in the header "Authorization: Bearer KEY".');
  }
  const presented = BEARER.exec(authorization)?.[1];
  const identity = presented === undefined ? null : await lookUpApiKey(db, presented);
  if (identity) return identity;
  throw fail(
    'auth.invalid',
    'This is no API key in force. Check that it was copied whole, and not revoked.',
  );
}

/**
 * Fails with `auth.forbidden` unless one of the key's scopes covers the needed one: itself, with `*`
 * for any noun or verb (`events:*`, `*:read`), or `admin`, which covers all.
 */
export function authorize({ scopes }: KeyIdentity, needed: Scope): void {
  const [noun, verb] = needed.split(':') as [string, string];
  const covering = ['admin', needed, `${noun}:*`, `*:${verb}`];
  if (scopes.some((scope) => covering.includes(scope))) return;
  throw fail('auth.forbidden', `This API key lacks the scope "${needed}". Use a key that has it.`);
}
