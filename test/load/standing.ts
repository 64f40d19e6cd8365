/** Where people stand, and whether anything goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { openEnrollments, outboxLength } from '../chaos/observed';
import { GATE } from './errands';
import type { Person } from './people';

const LOOK_MS = 500;

/** How many stand at the gate. */
export async function atTheGate(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from enrollments
    where status = 'waiting' and current_node_ids = ${[GATE]}`;
  return row?.count ?? 0;
}

/** Whether nobody is on the way but so many, who wait for good. */
export async function isAtRest(sql: postgres.Sql, waiting: number): Promise<boolean> {
  const [rows, open, [jobs]] = await Promise.all([
    outboxLength(sql),
    openEnrollments(sql),
    sql<{ count: number }[]>`select count(*)::int as count from jobs where ended_at is null`,
  ]);
  return rows === 0 && open === waiting && jobs?.count === 0;
}

/** Resolves with true when it holds, with false when for so long nothing has moved at all: slow is not wrong. */
export async function whileMoving(
  sql: postgres.Sql,
  quietMs: number,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  let last = '';
  let movedAt = Date.now();
  while (!(await holds())) {
    const now = await progress(sql);
    if (now !== last) movedAt = Date.now();
    last = now;
    if (Date.now() - movedAt > quietMs) return false;
    await sleep(LOOK_MS);
  }
  return true;
}

/** Another text whenever anything has moved. */
async function progress(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ text: string }[]>`
    select concat_ws('/',
      (select last_value from steps_sequence_seq),
      (select count(*) from enrollments),
      (select count(*) from enrollments where ended_at is not null),
      (select count(*) from outbox)) as text`;
  return row?.text ?? '';
}

/** Tells who has come to the gate, one by one. */
export class Gatekeeper {
  readonly #expected = new Map<string, () => void>();

  constructor(private readonly sql: postgres.Sql) {}

  /** Resolves when she stands there; with false when she has not come in all that time. */
  async reached(person: Person, patienceMs: number): Promise<boolean> {
    const key = `${person.place.id} ${person.externalId}`;
    const patience = new AbortController();
    const came = new Promise<boolean>((resolve) => this.#expected.set(key, () => resolve(true)));
    const late = sleep(patienceMs, false, { signal: patience.signal }).catch(() => false);
    const has = await Promise.race([came, late]);
    patience.abort();
    this.#expected.delete(key);
    return has;
  }

  /** Looks again and again until the work is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    const over = new AbortController();
    const looking = this.#look(over.signal);
    try {
      return await work;
    } finally {
      over.abort();
      await looking;
    }
  }

  async #look(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const names = [...this.#expected.keys()].map((key) => key.slice(key.indexOf(' ') + 1));
      for (const key of names.length === 0 ? [] : await this.#present(names))
        this.#expected.get(key)?.();
      await sleep(LOOK_MS / 2);
    }
  }

  async #present(names: readonly string[]): Promise<string[]> {
    const rows = await this.sql<{ key: string }[]>`
      select e.workspace_id || ' ' || c.external_id as key
      from enrollments e join contacts c on c.workspace_id = e.workspace_id and c.id = e.contact_id
      where e.status = 'waiting' and e.current_node_ids = ${[GATE]} and c.external_id = any(${[...names]})`;
    return rows.map(({ key }) => key);
  }
}
