/** Composition root of the migration: run it to its end before API and worker of the same code start. */
import { type Config, loadConfig } from './config';
import { ensureDevWorkspace } from './db/dev-workspace';
import { migrate } from './db/migrate';
import { createLogger } from './log';

/** Again is harmless. With THROUGHLINE_API_KEY the first workspace is there afterwards and accepts that key. */
async function main({ databaseUrl, apiKey, logLevel }: Config): Promise<void> {
  if (databaseUrl === undefined)
    throw new Error('DATABASE_URL is not set. Give the address of the PostgreSQL to migrate.');
  const log = createLogger('migrate', logLevel);
  await migrate({ url: databaseUrl });
  if (apiKey !== undefined) await ensureDevWorkspace(databaseUrl, apiKey);
  log.info({ event: 'migrate.done' }, 'The database is at the state of this code.');
}

if (require.main === module) {
  Promise.resolve()
    .then(() => main(loadConfig()))
    .catch((error: unknown) => {
      createLogger('migrate').fatal(
        { event: 'migrate.failed', err: error },
        'The database was not migrated.',
      );
      process.exitCode = 1;
    });
}
