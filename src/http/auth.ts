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
  if (covers(scopes, needed)) return;
  throw fail('auth.forbidden', `This API key lacks the scope "${needed}". Use a key that has it.`);
}

/** Whether one of the scopes allows all that the wanted one does, which may have a `*` itself or be `admin`. */
export function covers(scopes: readonly string[], wanted: string): boolean {
  const [noun, verb] = wanted.split(':');
  const covering = ['admin', wanted, `${noun}:*`, `*:${verb}`];
  return scopes.some((scope) => covering.includes(scope));
}
