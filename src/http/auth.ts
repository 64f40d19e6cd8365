import { type KeyIdentity, lookUpApiKey } from '../db/api-keys';
import type { Database } from '../db/client';
import { fail } from '../errors';
import type { AuthLimit } from './auth-limit';
import type { Scope } from './route';

const BEARER = /^Bearer +(\S+) *$/i;

/** Who asks, as far as a key is concerned. */
export interface Door {
  readonly db: Database;
  readonly limit: AuthLimit;
  /** From where. */
  readonly address: string;
}

/** Whose key an Authorization header holds. Fails with `auth.missing`, `auth.invalid`, `auth.rate_limited`. */
export async function authenticate(
  door: Door,
  authorization: string | undefined,
): Promise<KeyIdentity> {
  if (authorization === undefined) {
    throw fail('auth.missing', 'Send your API key in the header "Authorization: Bearer KEY".');
  }
  const presented = BEARER.exec(authorization)?.[1];
  const identity = presented === undefined ? null : await identityOf(door, presented);
  if (identity) return identity;
  throw fail(
    'auth.invalid',
    'This is no API key in force. Check that it was copied whole, and not revoked.',
  );
}

/** Whose key this is, or null. Fails with `auth.rate_limited` where too many from this address were nobody's. */
export async function identityOf(
  { db, limit, address }: Door,
  key: string,
): Promise<KeyIdentity | null> {
  limit.check(address, key);
  const identity = await lookUpApiKey(db, key);
  if (identity === null) limit.failed(address);
  else limit.succeeded(key);
  return identity;
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
