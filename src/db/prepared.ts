import type { Sql, TransactionSql } from 'postgres';

/** What drizzle uses of a client inside a transaction. */
type Statements = Pick<TransactionSql, 'unsafe' | 'savepoint'>;

/**
 * The client as drizzle should see it: drizzle sends every query unprepared, which costs a round
 * trip to describe the parameters and a new plan each time. Keep the texts of queries few: every
 * different one stays prepared on its connection (`= any(array)`, not `in` with a varying list).
 */
export function preparing(client: Sql): Sql {
  const begin = (work: (sql: TransactionSql) => Promise<unknown>) =>
    client.begin((sql) => work(prepared(sql)));
  return Object.assign(Object.create(client) as Sql, { options: client.options, begin });
}

function prepared(sql: TransactionSql): TransactionSql {
  const unsafe: Statements['unsafe'] = (query, parameters) =>
    sql.unsafe(query, parameters, { prepare: true });
  const savepoint = (work: (inner: TransactionSql) => Promise<unknown>) =>
    sql.savepoint((inner) => work(prepared(inner)));
  return Object.assign(Object.create(sql) as TransactionSql, { unsafe, savepoint });
}
