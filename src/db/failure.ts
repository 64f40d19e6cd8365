/**
 * Owns: what an error of PostgreSQL becomes before it leaves this room.
 *
 * 1. drizzle writes a failed query's parameters into the message, and PostgreSQL writes values into
 *    its own ("Key (email)=(…) already exists"). Both end in logs and in Temporal histories, so
 *    neither the message nor a `cause` passes on.
 * 2. What passes on is the SQLSTATE, the names of table and constraint, and PostgreSQL's sentence only
 *    for classes of errors whose sentences quote no values.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import { fail } from '../errors';

/** A failed query: SQLSTATE (or the driver's code, such as `ECONNREFUSED`) and names, never values. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    readonly code: string,
    message: string,
    readonly constraint?: string,
  ) {
    super(message);
  }
}

/** Connection, transaction state, rights and syntax, resources, intervention, system, internal. */
const SPEAKS_WITHOUT_VALUES = /^(08|25|40|42|53|55|57|58|XX)/;
/** A NUL byte, in a text and in jsonb. */
const FORBIDDEN_CHARACTER = new Set(['22021', '22P05']);

const UNIQUE_VIOLATION = '23505';
const IDENTIFIERS = new Set(['contacts_external_id', 'contacts_email']);

interface DriverError {
  code: string;
  message: string;
  table_name?: string;
  constraint_name?: string;
}

/** Turns what a query threw into an error that may be logged; anything else passes unchanged. */
export function databaseFailure(error: unknown): unknown {
  const driver = driverError(error);
  if (!driver) return error;
  if (driver.code === UNIQUE_VIOLATION && IDENTIFIERS.has(driver.constraint_name ?? '')) {
    return fail(
      'contact.conflict',
      'Another contact was given this externalId or email meanwhile. Send the request again.',
    );
  }
  if (FORBIDDEN_CHARACTER.has(driver.code)) {
    return fail(
      'request.forbidden_character',
      'A text holds a NUL character, which cannot be stored. Remove it.',
    );
  }
  const where = [driver.table_name, driver.constraint_name].filter(Boolean).join(', ');
  const sentence =
    SPEAKS_WITHOUT_VALUES.test(driver.code) || !isSqlState(driver.code)
      ? `: ${driver.message}`
      : '';
  return new DatabaseError(
    driver.code,
    `PostgreSQL answered ${driver.code}${where && ` (${where})`}${sentence}`,
    driver.constraint_name,
  );
}

const isSqlState = (code: string) => /^[0-9A-Z]{5}$/.test(code);

function driverError(error: unknown): DriverError | null {
  const inner = error instanceof DrizzleQueryError ? error.cause : error;
  if (!(inner instanceof Error) || !('code' in inner) || typeof inner.code !== 'string')
    return null;
  const known = inner.name === 'PostgresError' || inner !== error || 'errno' in inner;
  return known ? (inner as Error & DriverError) : null;
}
