/**
 * What is compared of a journey on Temporal and in the simulator, and how.
 *
 * - The end: status, goal, reason, code and node of the failure.
 * - The path: for each node its visits in order, counted from 1, with status, port and reason code. Without a fork the order
 *   of all visits too. The order of different paths at one instant is not defined: the simulator plays
 *   several (`orders`), and one of them has to be Temporal's.
 * - When: each visit's beginning and end, within the time that real servers take.
 * - Messages: node, recipient, subject. The contact: tags, score, attributes, lists, consent. The variables.
 *
 * Dates that were computed from the clock are compared like visits.
 */
import { isDeepStrictEqual } from 'node:util';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { isList } from '../../src/journey/coercion';
import type { ContactFacts, Evaluators } from '../../src/journey/facts';
import type { Json, JsonObject } from '../../src/journey/json';
import type { Simulation } from '../../src/journey/simulation';
import type { traces, Traveller } from './play-on-temporal';
import { templatesFor } from './store-templates';

/** Less than lies between two phases of a minute. */
const SLACK_MS = 15_000;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

interface Visit {
  readonly node: string;
  readonly visit: number;
  readonly status: string;
  readonly port: string | null;
  readonly code: string;
  readonly at: number;
  readonly endedAt: number | null;
}

/** One world, in the words of both. */
export interface World {
  readonly end: JsonObject;
  readonly visits: readonly Visit[];
  readonly sends: readonly string[];
  readonly contact: JsonObject;
  readonly variables: JsonObject;
}

export function simulatedWorld(result: Simulation): World {
  const { status, goalId, reason, error } = result;
  return {
    end: { status, goalId, reason, error: error && { code: error.code, node: error.node } },
    visits: result.steps.map(({ nodeId, visit, port, at, endedAt, ...step }) => ({
      ...{ node: nodeId, visit, status: step.status, port, at, endedAt },
      code: codeOf(step.code),
    })),
    sends: result.sends.map(({ nodeId, to, subject = '' }) => `${nodeId} ${to} ${subject}`),
    contact: personOf(result.contact),
    variables: result.variables,
  };
}

export function liveWorld({ row, steps, deliveries, contact }: Awaited<ReturnType<typeof traces>>) {
  const { status, goalId, reason, error } = row;
  const sent = deliveries.filter((each) => each.status === 'sent');
  return {
    end: {
      ...{ status, goalId, reason },
      error: error && { code: error['code'] ?? null, node: error['nodeId'] ?? null },
    },
    visits: steps.map(({ nodeId, visit, port, startedAt, endedAt, ...step }) => ({
      ...{ node: nodeId, visit, status: step.status, port, at: startedAt.getTime() },
      endedAt: endedAt?.getTime() ?? null,
      code: codeOf(step.reason),
    })),
    sends: sent.map(({ nodeId, toAddress, subject }) => `${nodeId} ${toAddress} ${subject}`),
    contact: personOf(contact),
    variables: row.variables,
  } satisfies World;
}

/** Words behind a code quote data; why another workflow lets nobody in, a mock does not know. */
function codeOf(reason: string | null): string {
  const code = reason?.split(': ', 1)[0] ?? '';
  return code.replace(/^enrollment\.blocked\..*/, 'enrollment.blocked');
}

function personOf({ tags, score, attributes, lists, consent }: ContactFacts): JsonObject {
  return { tags: tags.toSorted(), score, attributes, lists: lists.toSorted(), consent };
}

/** Where the worlds differ, in words; empty when they agree. Times may be apart by the slack. */
export function differences(
  live: World,
  simulated: World,
  slackMs: number = SLACK_MS,
): readonly string[] {
  const isForked = simulated.visits.some(({ node }) => node.startsWith('parallel'));
  const inOrder = (visits: readonly Visit[]) =>
    isForked
      ? visits.toSorted((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : a.visit - b.visit))
      : visits;
  const paths = [live, simulated].map(({ visits }) => inOrder(counted(visits)));
  const [ours = [], theirs = []] = paths;
  const there = ours.map(textOf);
  const here = theirs.map((visit, index) => {
    const other = ours[index];
    return textOf(other !== undefined && isRace(other, visit) ? other : visit);
  });
  return [
    ...compared('end', live.end, simulated.end),
    ...compared('path', there, here),
    ...lateVisits(ours, theirs, slackMs),
    ...compared('messages', live.sends.toSorted(), simulated.sends.toSorted()),
    ...compared('contact', live.contact, simulated.contact, slackMs),
    ...compared('variables', live.variables, simulated.variables, slackMs),
  ];
}

/** A visit taken back before it began leaves a gap in the numbers, which hangs on the order at one instant. */
function counted(visits: readonly Visit[]): readonly Visit[] {
  const seen = new Map<string, number>();
  return visits
    .toSorted((a, b) => a.visit - b.visit)
    .map((visit) => {
      const number = (seen.get(visit.node) ?? 0) + 1;
      seen.set(visit.node, number);
      return { before: visits.indexOf(visit), counted: { ...visit, visit: number } };
    })
    .toSorted((a, b) => a.before - b.before)
    .map((each) => each.counted);
}

/**
 * A call that began at the very instant at which its path was taken away may have ended or not; that it was not
 * made, or was, the messages tell.
 */
function isRace(live: Visit, simulated: Visit): boolean {
  const isBrief = ({ at, endedAt }: Visit) => endedAt !== null && endedAt - at < SLACK_MS;
  const same = live.node === simulated.node && live.visit === simulated.visit;
  const cancelled = live.status === 'cancelled' || simulated.status === 'cancelled';
  return same && cancelled && isBrief(live) && isBrief(simulated);
}

const textOf = ({ node, visit, status, port, code }: Visit) =>
  `${node} ${visit} ${status} ${port ?? '-'} ${code}`;

function compared(what: string, live: Json, simulated: Json, slackMs = 0): string[] {
  if (isSame(live, simulated, slackMs)) return [];
  if (isList(live) && isList(simulated)) {
    const first = Math.max(live.length, simulated.length);
    const index = Array.from({ length: first }, (_, at) => at).find(
      (at) => !isSame(live[at] ?? null, simulated[at] ?? null, slackMs),
    );
    const from = index ?? 0;
    const part = (all: readonly Json[]) =>
      all
        .slice(from, from + 3)
        .map(String)
        .join(' | ');
    return [`${what} from ${from} on: Temporal ${part(live)}\n  simulator ${part(simulated)}`];
  }
  return [`${what}: Temporal ${JSON.stringify(live)}\n  simulator ${JSON.stringify(simulated)}`];
}

/** Equal, dates with slack. */
function isSame(left: Json, right: Json, slackMs: number): boolean {
  if (typeof left === 'string' && typeof right === 'string' && ISO.test(left) && ISO.test(right))
    return Math.abs(Date.parse(left) - Date.parse(right)) <= slackMs;
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null)
    return isDeepStrictEqual(left, right);
  const ours = Object.entries(left) as [string, Json][];
  const theirs = new Map(Object.entries(right) as [string, Json][]);
  return (
    ours.length === theirs.size &&
    ours.every(([key, value]) => theirs.has(key) && isSame(value, theirs.get(key) ?? null, slackMs))
  );
}

function lateVisits(
  live: readonly Visit[],
  simulated: readonly Visit[],
  slackMs: number,
): string[] {
  return live.flatMap((visit, index) => {
    const other = simulated[index];
    if (other === undefined || textOf(other) !== textOf(visit)) return [];
    const apart = (a: number | null, b: number | null) => Math.abs((a ?? 0) - (b ?? 0)) > slackMs;
    if (!apart(visit.at, other.at) && !apart(visit.endedAt, other.endedAt)) return [];
    return [`when: ${textOf(visit)}: Temporal ${spanOf(visit)}, simulator ${spanOf(other)}`];
  });
}

const spanOf = ({ at, endedAt }: Visit) =>
  [at, endedAt].map((each) => (each === null ? '-' : new Date(each).toISOString())).join(' to ');

/** More orders than two or three paths usually have at one instant. */
const ORDERS = 12;

/**
 * Evaluators that answer sooner or later, so that paths which move at the same instant do so in another order.
 * What comes of any of them is right.
 */
export function* orders(): Generator<Evaluators> {
  const evaluators = createEvaluators();
  yield evaluators;
  for (let seed = 1; seed < ORDERS; seed += 1) {
    let state = seed;
    const later = async <T>(work: () => Promise<T>): Promise<T> => {
      state = (state * 48_271) % 2_147_483_647;
      for (let turns = state % 97; turns > 0; turns -= 1) await Promise.resolve();
      return work();
    };
    yield {
      ...evaluators,
      condition: (group, facts) => later(() => evaluators.condition(group, facts)),
      value: (template, facts) => later(() => evaluators.value(template, facts)),
    };
  }
}

/** What the simulator has to know to stand in the same world. */
export function sameWorld({ journey, contact, workflowKey }: Traveller) {
  const { startAt, assignments = {} } = journey;
  const templates = templatesFor(journey.definition);
  return { startAt, contact, assignments, templates, workflow: { key: workflowKey, version: 1 } };
}
