/**
 * Owns: bringing a database to the state of this code, roles included.
 *
 * 1. Migrations run as throughline_owner, whoever connects: tables belong to a role without SUPERUSER.
 * 2. One at a time per database (an advisory lock), and again is harmless.
 * 3. Roles belong to the whole server. Where the user may not make them they must exist already,
 *    and the error says what an administrator has to run.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { databaseFailure } from './failure';

const FOLDER = join(__dirname, '../../drizzle');
const OWNER = 'throughline_owner';
const ROLES = [OWNER, 'throughline_app', 'throughline_relay'];
/** Any number, as long as every version of this code takes the same. */
const LOCK = 7_410_215_339;

/** Makes or updates roles, tables and functions. `url`: a superuser, or a user that may act as throughline_owner. */
export async function migrate({ url }: { url: string }): Promise<void> {
  const administrator = connect(url, {});
  try {
    await administrator`select pg_advisory_lock(${LOCK})`;
    await ensureRoles(administrator);
    await ensureMembership(administrator);
    await ensureDatabaseRights(administrator);
    await migrateAsOwner(url);
  } catch (error) {
    throw databaseFailure(error);
  } finally {
    await administrator.end({ timeout: 5 });
  }
}

function connect(url: string, connection: Record<string, string>): postgres.Sql {
  return postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connection: { application_name: 'throughline-migrate', ...connection },
  });
}

async function migrateAsOwner(url: string): Promise<void> {
  const owner = connect(url, { role: OWNER });
  try {
    await runMigrations(drizzle(owner), { migrationsFolder: FOLDER });
    await owner`select throughline.maintain()`;
  } finally {
    await owner.end({ timeout: 5 });
  }
}

async function ensureRoles(administrator: postgres.Sql): Promise<void> {
  const present = await administrator`select rolname from pg_roles where rolname = any(${ROLES})`;
  if (present.length === ROLES.length) return;
  const statements = await readFile(join(FOLDER, 'roles.sql'), 'utf8');
  await administrator.unsafe(statements).catch(
    ifRefused(() => {
      throw new Error(
        'The user of the database URL may not create the roles of Throughline. Run drizzle/roles.sql as a superuser, then migrate again.',
      );
    }),
  );
}

/** A user that is no superuser acts as a role only when it was granted to it. */
async function ensureMembership(administrator: postgres.Sql): Promise<void> {
  for (const role of ROLES) {
    if (await mayActAs(administrator, role)) continue;
    await administrator`grant ${administrator(role)} to current_user`.catch(
      ifRefused(() => undefined),
    );
    // The other roles may as well be granted to other users, those of API, worker and relay.
    if (role !== OWNER || (await mayActAs(administrator, role))) continue;
    throw new Error(
      `The user of the database URL may not act as ${role}. As a superuser: grant ${role} to that user, then migrate again.`,
    );
  }
}

/** Tried rather than asked: being a member is not enough since PostgreSQL 16 lets a grant exclude SET. */
async function mayActAs(administrator: postgres.Sql, role: string): Promise<boolean> {
  const attempt = administrator.begin((sql) => sql`set local role ${sql(role)}`.then(() => true));
  return attempt.catch(ifRefused(() => false));
}

async function ensureDatabaseRights(administrator: postgres.Sql): Promise<void> {
  if (await ownerMayCreate(administrator)) return;
  const [{ name } = { name: '' }] = await administrator<
    { name: string }[]
  >`select current_database() as name`;
  // Whoever may not grant gets a refusal or, holding other rights, a mere warning: so it is asked again.
  await administrator
    .begin(async (sql) => {
      await sql`grant create on database ${sql(name)} to throughline_owner`;
      await sql`grant usage, create on schema public to throughline_owner`;
    })
    .catch(ifRefused(() => undefined));
  if (await ownerMayCreate(administrator)) return;
  throw new Error(
    `throughline_owner may not create tables in the database "${name}". As a superuser: grant create on database ` +
      `"${name}" to throughline_owner, and grant create on schema public to throughline_owner, then migrate again.`,
  );
}

async function ownerMayCreate(administrator: postgres.Sql): Promise<boolean> {
  const [row] = await administrator<{ enough: boolean }[]>`
    select has_database_privilege('throughline_owner', current_database(), 'CREATE')
      and has_schema_privilege('throughline_owner', 'public', 'CREATE') as enough`;
  return row?.enough === true;
}

const INSUFFICIENT_PRIVILEGE = '42501';

function ifRefused<T>(instead: () => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof postgres.PostgresError && error.code === INSUFFICIENT_PRIVILEGE)
      return instead();
    throw error;
  };
}
