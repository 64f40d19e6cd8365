import { type Database, type OpenOptions, openDatabase } from './client';

/** `openDatabase`, for programs that do not migrate: rejects where nobody has done that yet. */
export async function openMigratedDatabase(options: OpenOptions): Promise<Database> {
  const db = await openDatabase(options);
  const [row] = await db.sql<{ there: boolean }[]>`
    select to_regclass('public.enrollments') is not null as there`;
  if (row?.there) return db;
  await db.close();
  throw new Error(
    'The database has no tables of Throughline. Migrate it first: `npm run migrate`, or `node dist/src/migrate.js`.',
  );
}
