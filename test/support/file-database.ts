import type { Tx } from '../../src/db/client';
import { testDatabase, type TestDatabase } from './postgres';

/** A database for the tests of a file, there from its first hook on; `inside` works in its workspace. */
export function fileDatabase() {
  let t: TestDatabase;
  beforeAll(async () => {
    t = await testDatabase();
  });
  afterAll(() => t?.close());
  return {
    get url() {
      return t.url;
    },
    get db() {
      return t.db;
    },
    get admin() {
      return t.admin;
    },
    get workspaceId() {
      return t.workspaceId;
    },
    open: (...options: Parameters<TestDatabase['open']>) => t.open(...options),
    newWorkspace: () => t.newWorkspace(),
    inside: <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work),
  };
}
