/**
 * A relay that stands still at a chosen place, so that a test can kill it there. Arguments: one JSON
 * object. Prints `relay.start` and `relay.ring` when it gets there.
 */
import { Client, Connection } from '@temporalio/client';
import { openDatabase } from '../../src/db/client';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createLogger } from '../../src/log';
import { createEnrollments, type Enrollments } from '../../src/temporal/enrollments';
import { createJobs } from '../../src/temporal/jobs';
import { startRelay } from '../../src/temporal/relay';

export interface RelayJob {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly leaseMs: number;
  /** Before it tells Temporal, after it has told and before the row is deleted, or nowhere. */
  readonly stall: 'before' | 'after' | 'never';
}

async function main(): Promise<void> {
  const job = JSON.parse(process.argv[2] ?? '') as RelayJob;
  const log = createLogger('relay');
  const db = await openDatabase({ url: job.databaseUrl, max: 4 });
  const outbox = await openDatabase({ url: job.databaseUrl, role: 'throughline_relay', max: 2 });
  const connection = await Connection.connect({ address: job.temporalAddress });
  const client = new Client({ connection, namespace: job.namespace });
  const real = createEnrollments(client, db);
  const jobs = createJobs(client);
  const stalling = async <T>(event: string, work: () => Promise<T>): Promise<T> => {
    const done = job.stall === 'before' ? null : await work();
    log.info({ event }, 'Here it may be killed.');
    if (job.stall === 'never') return done as T;
    return new Promise<T>(() => undefined);
  };
  const enrollments: Enrollments = {
    ...real,
    start: (row) => stalling('relay.start', () => real.start(row)),
    ring: (row, bell) => stalling('relay.ring', () => real.ring(row, bell)),
  };
  const { leaseMs } = job;
  const evaluators = createEvaluators();
  startRelay({ outbox, db, enrollments, jobs, evaluators, leaseMs, pollMs: 25, log });
}

void main();
