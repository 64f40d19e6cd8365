import { lookUpApiKey } from '../src/db/api-keys';
import { openDatabase } from '../src/db/client';
import { emptyDatabase } from './support/postgres';
import { endPrograms, startProgram } from './support/program';

afterAll(() => endPrograms());

const KEY = 'tl_0123456789ab_a-key-that-somebody-has-chosen';

test('the command makes an empty database usable, with the key that is given, and again is harmless', async () => {
  const { url, drop } = await emptyDatabase();
  for (const env of [{}, { THROUGHLINE_API_KEY: KEY }, { THROUGHLINE_API_KEY: KEY }]) {
    const { logged, child } = startProgram('src/migrate.ts', { DATABASE_URL: url, ...env });
    await logged('migrate.done');
    expect(child.exitCode ?? 0).toBe(0);
  }
  const db = await openDatabase({ url });
  expect(await lookUpApiKey(db, KEY)).toMatchObject({ scopes: ['admin'] });
  expect(await lookUpApiKey(db, `${KEY}x`)).toBeNull();
  await db.close();
  await drop();
}, 60_000);

test('without a database it fails and says what is missing', async () => {
  const { logged, child } = startProgram('src/migrate.ts', { DATABASE_URL: '' });
  const { err } = await logged('migrate.failed');
  expect(err).toMatchObject({ message: expect.stringContaining('DATABASE_URL is not set.') });
  if (child.exitCode === null) await new Promise((ended) => child.once('exit', ended));
  expect(child.exitCode).toBe(1);
}, 60_000);

test.each(['src/server.ts', 'src/worker.ts'])(
  '%s refuses a database that nobody has migrated',
  async (file) => {
    const { url, drop } = await emptyDatabase();
    const program = startProgram(file, {
      ...{ DATABASE_URL: url, PORT: '0', SMTP_URL: 'smtp://127.0.0.1:1' },
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    });
    const { err } = await program.logged(file.includes('server') ? 'api.failed' : 'worker.failed');
    expect(err).toMatchObject({ message: expect.stringContaining('npm run migrate') });
    await drop();
  },
  60_000,
);
