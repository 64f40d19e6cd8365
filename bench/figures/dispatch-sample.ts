/** What some events cost at one place: how long each takes, and the CPU of this process and of PostgreSQL. */
import type postgres from 'postgres';
import type { PostgresServer } from '../../src/dev/postgres';
import { readCpu } from '../cpu';
import { median, quantile, round } from '../statistics';
import type { Crowd } from './crowd';
import { type Desk, type Kind, peopleFor, tidy, timed } from './dispatching';

export interface Site {
  readonly name: string;
  readonly url: string;
  readonly crowd: Crowd;
  readonly sql: postgres.Sql;
  readonly desk: Desk;
}

/** Milliseconds of CPU for one event. */
interface Spent {
  readonly node: number;
  readonly postgres: number;
}

export interface Sample {
  readonly storedMs: readonly number[];
  readonly dispatchedMs: readonly number[];
  readonly storing: Spent;
  readonly dispatching: Spent;
}

/** Stores so many events of a kind, then dispatches them, one after the other. */
export async function sampleOf(
  server: PostgresServer,
  { sql, crowd, desk }: Site,
  kind: Kind,
  events: number,
): Promise<Sample> {
  const people = await peopleFor(sql, crowd, kind, events);
  const stored = await spending(server, events, () => timed(people, (id) => desk.store(kind, id)));
  const dispatched = await spending(server, events, () => timed(people, () => desk.dispatch(kind)));
  await tidy(sql);
  return {
    storedMs: stored.result,
    dispatchedMs: dispatched.result,
    storing: stored.spent,
    dispatching: dispatched.spent,
  };
}

/** The same behind so many rows that nobody has come to yet, by plans that were made when there were few. */
export async function behindBacklog(
  server: PostgresServer,
  { sql, crowd, desk }: Site,
  rows: number,
  events: number,
): Promise<object> {
  const people = await peopleFor(sql, crowd, 'heard', events);
  await timed(people, (id) => desk.store('heard', id));
  await sql`insert into outbox (workspace_id, id, kind, payload)
    select ${crowd.workspaceId}, uuidv7(), 'bell', '{}' from generate_series(1, ${rows})`;
  const { result, spent } = await spending(server, events, () =>
    timed(people, () => desk.dispatch('heard')),
  );
  await tidy(sql);
  return { rows, heard: costs([spent], result) };
}

/** This process is read last before the work and first behind it: to read PostgreSQL's costs it some milliseconds. */
async function spending<T>(
  server: PostgresServer,
  events: number,
  work: () => Promise<T>,
): Promise<{ result: T; spent: Spent }> {
  const database = postgresCpu(server);
  const node = nodeCpu();
  const result = await work();
  const spentHere = nodeCpu() - node;
  const spentThere = postgresCpu(server) - database;
  return { result, spent: { node: spentHere / events, postgres: spentThere / events } };
}

const nodeCpu = () => readCpu({ node: { pid: process.pid } }).node;
const postgresCpu = ({ pid }: PostgresServer) =>
  readCpu({ postgres: { pid, forks: true } }).postgres;
export const cpuOf = (server: PostgresServer) => ({
  node: nodeCpu(),
  postgres: postgresCpu(server),
});

/** The middle of the rounds, and how long single events took. */
export function costs(spent: readonly Spent[], took: readonly number[]) {
  const node = median(spent.map((each) => each.node));
  const database = median(spent.map((each) => each.postgres));
  return {
    cpuMs: round(node + database),
    nodeCpuMs: round(node),
    postgresCpuMs: round(database),
    p50Ms: round(quantile(took, 0.5)),
    p99Ms: round(quantile(took, 0.99)),
    events: took.length,
  };
}
