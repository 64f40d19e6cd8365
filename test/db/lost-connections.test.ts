/** PostgreSQL goes away in the middle of things, as in a failover, and comes back. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { type Database, openDatabase, type Tx } from '../../src/db/client';
import { eventually } from '../support/eventually';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy';
import { testDatabase, type TestDatabase } from '../support/postgres';

let database: TestDatabase;
let proxy: CuttingProxy;
let other: string;
beforeAll(async () => {
  database = await testDatabase();
  const { hostname, port } = new URL(database.url);
  proxy = await startCuttingProxy(hostname, Number(port));
  other = await database.newWorkspace();
});
afterAll(async () => {
  await proxy?.close();
  await database?.close();
});

async function through(max: number, work: (db: Database) => Promise<void>): Promise<void> {
  const url = new URL(database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  const db = await openDatabase({ url: url.href, max });
  try {
    await work(db);
  } finally {
    await db.close();
  }
}

const CONTEXT = sql`select current_setting('throughline.workspace', true) as id`;
const workspaceOf = async (tx: Tx) => (await tx.execute<{ id: string }>(CONTEXT))[0]?.id;
const settled = async (promise: PromiseLike<unknown>) => {
  try {
    await promise;
    return 'done';
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  }
};

test('statements on a connection that was lost fail, and the next transaction has another', async () => {
  await through(1, async (db) => {
    const late: string[] = [];
    let finished = () => undefined as void;
    const end = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const lost = db.inWorkspace(database.workspaceId, async (tx) => {
      await workspaceOf(tx);
      proxy.cut();
      for (let n = 0; n < 20; n += 1) {
        late.push(await settled(workspaceOf(tx)));
        await turn();
      }
      finished();
    });
    await expect(lost).rejects.toThrow(/CONNECTION_CLOSED|ECONNRESET/);
    await end;
    expect(late.filter((answer) => answer === 'done')).toEqual([]);
    expect(await db.inWorkspace(other, workspaceOf)).toBe(other);
  });
});

test('a transaction whose connection was lost reaches into no other that has the connection now', async () => {
  await through(1, async (db) => {
    const stale: Tx[] = [];
    const lost = db.inWorkspace(database.workspaceId, async (tx) => {
      stale.push(tx);
      await workspaceOf(tx);
      proxy.cut();
      await sleep(3_600_000, undefined, { ref: false });
    });
    await expect(lost).rejects.toThrow(/CONNECTION_CLOSED|ECONNRESET/);
    await db.inWorkspace(other, async (tx) => {
      const [left] = stale;
      if (left === undefined) throw new Error('The first transaction never began.');
      expect(await settled(workspaceOf(left))).toContain('The transaction is over');
      const within = left.transaction((inner) => inner.execute(CONTEXT));
      expect(await settled(within)).toContain('The transaction is over');
      expect(await workspaceOf(tx)).toBe(other);
    });
  });
});

test('however often and whenever connections are lost, the pool answers again', async () => {
  await through(3, async (db) => {
    for (let round = 0; round < 60; round += 1) {
      const under = Array.from({ length: 6 }, (_, n) =>
        settled(
          db.inWorkspace(database.workspaceId, async (tx) => {
            for (let step = 0; step < 4; step += 1) {
              if (n === round % 6 && step === round % 4) proxy.cut();
              await Promise.all([workspaceOf(tx), workspaceOf(tx)]);
              await turn();
            }
          }),
        ),
      );
      for (let turns = 0; turns < round % 15; turns += 1) await turn();
      proxy.cut();
      await Promise.all(under);
      // Nobody notices the end of an idle connection before it is used.
      await eventually('the pool answers', async () =>
        (await settled(db.inWorkspace(other, workspaceOf))) === 'done' ? true : null,
      );
      await eventually('the raw client answers', async () =>
        (await settled(db.sql`select 1`)) === 'done' ? true : null,
      );
    }
  });
});
