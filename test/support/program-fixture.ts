import { type TestNamespace, testNamespace } from './namespace';
import { testDatabase, type TestDatabase } from './postgres';
import { endPrograms } from './program';

/**
 * What tests of whole programs stand on: a database and a namespace of Temporal for the file. Programs that a test has
 * left running are ended first.
 */
export function programFixture() {
  let database: TestDatabase;
  let temporal: TestNamespace;
  beforeAll(async () => {
    [database, temporal] = await Promise.all([testDatabase(), testNamespace()]);
  });
  afterAll(async () => {
    await endPrograms();
    await Promise.all([database?.close(), temporal?.close()]);
  });
  return {
    get database() {
      return database;
    },
    get temporal() {
      return temporal;
    },
    /** Where a program finds them. */
    environment: () => ({
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    }),
  };
}
