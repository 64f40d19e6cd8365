import type { Sql, TransactionSql } from 'postgres';

/** What drizzle uses of a client inside a transaction. */
type Statements = Pick<TransactionSql, 'unsafe' | 'savepoint'>;

/** Whether a transaction has ended, seen by whatever still holds it. */
interface Life {
  over: boolean;
}

/**
 * The client as drizzle should see it.
 *
 * 1. drizzle sends every query unprepared, which costs a round trip to describe the parameters and a new plan each
 *    time. Keep the texts of queries few: every different one stays prepared on its connection (`= any(array)`, not
 *    `in` with a varying list).
 * 2. A transaction that lost its connection rejects at once, while its work may go on; the connection is then
 *    somebody else's, perhaps in another workspace. Whatever comes late is refused here.
 */
export function preparing(client: Sql): Sql {
  const begin = async (work: (sql: TransactionSql) => Promise<unknown>) => {
    const life: Life = { over: false };
    try {
      return await client.begin((sql) => work(prepared(sql, life)));
    } finally {
      life.over = true;
    }
  };
  return Object.assign(Object.create(client) as Sql, { options: client.options, begin });
}

function prepared(sql: TransactionSql, life: Life): TransactionSql {
  const unsafe: Statements['unsafe'] = (query, parameters) => {
    refuseLate(life);
    return sql.unsafe(query, parameters, { prepare: true });
  };
  const savepoint = async (work: (inner: TransactionSql) => Promise<unknown>) => {
    refuseLate(life);
    return sql.savepoint((inner) => work(prepared(inner, life)));
  };
  return Object.assign(Object.create(sql) as TransactionSql, { unsafe, savepoint });
}

function refuseLate({ over }: Life): void {
  if (over)
    throw new Error(
      'The transaction is over: it has ended or lost its connection. Await every statement before its work returns.',
    );
}
