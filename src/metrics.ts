/**
 * What a process counts, and how Prometheus asks for it.
 *
 * Owns: every metric's name, labels and meaning. Does not own: when something is counted (whoever does it), or the
 * ports that are asked (src/http/metrics.ts).
 *
 * Invariants:
 * M1. The values of labels come from code: routes, statuses, node types, codes. Never an id, a key of a workspace, a
 *     name or a text of somebody: there would be a series for each, and some of them are personal.
 * M2. What a transaction did is counted behind its commit (`onCommit` of src/db/client.ts), where it was done for the
 *     first time. So a figure lags its row by nothing, and is lost only with the process.
 * M3. A metric that cannot be read is left out; the others are answered all the same.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const registry = new Registry();

/** The prefix of every name but those of the process itself. */
const PREFIX = 'throughline_';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

function counter<L extends string>(name: string, help: string, labelNames: readonly L[]) {
  return new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: [registry] });
}

function gauge<L extends string>(name: string, help: string, labelNames: readonly L[]) {
  return new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers: [registry] });
}

function seconds<L extends string>(name: string, help: string, labelNames: readonly L[]) {
  const options = { name: `${PREFIX}${name}`, help, labelNames, buckets: SECONDS };
  return new Histogram({ ...options, registers: [registry] });
}

export const httpRequests = counter(
  'http_requests_total',
  'Requests answered by the API, by the template of their route.',
  ['method', 'route', 'status'],
);
export const httpSeconds = seconds(
  'http_request_duration_seconds',
  'Time until the answer was sent. Requests that wait for something (waitSeconds) count with their wait.',
  ['method', 'route'],
);

export const outboxRows = gauge(
  'outbox_rows',
  'Rows that the relays have still to deliver, of all workspaces.',
  ['lane'],
);
export const outboxOldest = gauge(
  'outbox_oldest_seconds',
  'Age of the oldest row that the relays have still to deliver.',
  ['lane'],
);
export const relayRows = counter(
  'relay_rows_total',
  'Rows of the outbox that this relay delivered (done) or gave back (retried).',
  ['kind', 'outcome'],
);
export const relayDelay = seconds(
  'relay_delay_seconds',
  "Time from storing a row of the outbox to its delivery, by the database's clock and then by this host's.",
  ['kind'],
);
export const relayUnderWay = gauge('relay_under_way', 'Rows in the hands of this relay.', []);

export const choreRuns = counter('upkeep_runs_total', 'Runs of the chores of upkeep.', [
  'chore',
  'outcome',
]);
export const choreSeconds = seconds('upkeep_run_duration_seconds', 'Duration of those runs.', [
  'chore',
]);
export const choreSuccess = gauge(
  'upkeep_last_success_timestamp_seconds',
  'When this process last did a chore. Each is done by one process at a time: take the maximum of all.',
  ['chore'],
);

export const jobsOpen = gauge('jobs', 'Bulk jobs that have not ended, of all workspaces.', [
  'status',
]);
export const stuckEnrollments = gauge(
  'stuck_enrollments',
  'Enrollments that should have moved on, of all workspaces.',
  ['reason'],
);
export const messagesInDoubt = gauge(
  'messages_in_doubt',
  'Messages of which nobody knows whether they were accepted, of all workspaces.',
  ['channel'],
);
export const forgotten = counter(
  'forgotten_total',
  'What retention has deleted: rows, and for events whole months.',
  ['what'],
);

export const eventsStored = counter(
  'events_total',
  'Events stored, by whether they came from outside or from a journey.',
  ['origin'],
);
export const enrollmentsStarted = counter(
  'enrollments_started_total',
  'Enrollments that were let in, by what let them in.',
  ['by'],
);
export const enrollmentsBlocked = counter(
  'enrollments_blocked_total',
  'Entries that were refused.',
  ['reason'],
);
export const enrollmentsEnded = counter(
  'enrollments_ended_total',
  'Enrollments that ended, by how.',
  ['status'],
);
export const stepsEnded = counter('steps_total', 'Visits of nodes that ended, by how.', [
  'node_type',
  'outcome',
]);
export const messages = counter(
  'messages_total',
  'Outcomes of messages. One that was refused for now, or unknown, is counted again at its next outcome.',
  ['channel', 'outcome'],
);
export const effects = counter(
  'effects_total',
  'Outcomes of effects that are no messages. One that failed for now, or is unknown, is counted again at its next outcome.',
  ['kind', 'outcome'],
);
export const activitySeconds = seconds(
  'activity_duration_seconds',
  'Duration of attempts of activities.',
  ['activity', 'outcome'],
);

/** CPU, memory, event loop and garbage of the process itself; once in its life. */
export function countProcess(): void {
  collectDefaultMetrics({ register: registry });
}

type Reading = () => Promise<void>;
const readings = new Set<Reading>();

/** Has gauges set anew whenever somebody asks. Returns what ends that. */
export function onScrape(reading: Reading): () => void {
  readings.add(reading);
  return () => {
    readings.delete(reading);
  };
}

/** The figures of now, in Prometheus' text format. */
export async function scrape(): Promise<{ readonly contentType: string; readonly text: string }> {
  await Promise.all([...readings].map((read) => read().catch(() => undefined)));
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/** Names of the metrics that this process offers. */
export function metricNames(): readonly string[] {
  return registry.getMetricsAsArray().map(({ name }) => name);
}
