/** Counts of a workflow put together as its figures. */
import type { EffectCount, PeopleCount, VariantCount, VisitCount } from '../db/stats';
import type { Definition } from '../journey/definition';
import { OPEN_STATUSES } from '../journey/enrollment-status';
import type { StatsView } from './views/stats';
import { enrollmentStatus } from './views/enrollment';

const OPEN: readonly string[] = OPEN_STATUSES;

const sum = <T>(rows: readonly T[], countOf: (row: T) => number): number =>
  rows.reduce((total, row) => total + countOf(row), 0);

/** Percent with two decimals; null of nobody. */
function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 100;
}

export function peopleOf(counts: readonly PeopleCount[]): StatsView['people'] {
  const having = (status: string) => sum(counts, (row) => (row.status === status ? row.count : 0));
  const byStatus = enrollmentStatus.options.map((status) => [status, having(status)] as const);
  const goals = [...new Set(counts.flatMap(({ goalId }) => (goalId === null ? [] : [goalId])))];
  return {
    total: sum(counts, ({ count }) => count),
    open: sum(OPEN, having),
    byStatus: Object.fromEntries(byStatus) as StatsView['people']['byStatus'],
    byGoal: goals.toSorted().map((goalId) => ({
      goalId,
      count: sum(counts, (row) => (row.goalId === goalId ? row.count : 0)),
    })),
    retried: sum(counts, ({ retried }) => retried),
  };
}

export function ratesOf(
  people: StatsView['people'],
  counts: readonly PeopleCount[],
  effects: readonly EffectCount[],
): StatsView['rates'] {
  const ended = people.total - people.open;
  const reached = counts.filter(({ goalId, status }) => goalId !== null && !OPEN.includes(status));
  // What was held back was never begun.
  const begun = effects.filter(({ status }) => status !== 'blocked' && status !== 'deferred');
  return {
    goal: percent(
      sum(reached, ({ count }) => count),
      ended,
    ),
    failure: percent(people.byStatus.failed, ended),
    retry: percent(
      sum(begun, ({ repeated }) => repeated),
      sum(begun, ({ count }) => count),
    ),
  };
}

/** The nodes of the definition in its order, then those that only others had. */
export function nodesOf(
  visits: readonly VisitCount[],
  definition: Definition | null,
): StatsView['nodes'] {
  const nodes = new Map((definition?.nodes ?? []).map((node) => [node.id, node]));
  const ids = new Set([...nodes.keys(), ...visits.map(({ nodeId }) => nodeId)]);
  return [...ids].map((nodeId) => {
    const node = nodes.get(nodeId);
    const there = visits.filter((visit) => visit.nodeId === nodeId);
    const having = (...statuses: readonly string[]) =>
      sum(there, ({ status, count }) => (statuses.includes(status) ? count : 0));
    return {
      ...{ nodeId, nodeType: node?.type ?? null, name: node?.name ?? nodeId },
      entered: sum(there, ({ count }) => count),
      waiting: having('running', 'waiting'),
      completed: having('completed'),
      failed: having('failed'),
      skipped: having('skipped'),
      cancelled: having('cancelled'),
      ports: portsOf(there),
    };
  });
}

function portsOf(visits: readonly VisitCount[]): Record<string, number> {
  const left = new Map<string, number>();
  for (const { port, count } of visits)
    if (port !== null) left.set(port, (left.get(port) ?? 0) + count);
  return Object.fromEntries(left);
}

export function variantsOf(counts: readonly VariantCount[]): StatsView['variants'] {
  return counts.map(({ nodeId, port, people, ended, failed, goalReached }) => ({
    ...{ nodeId, port, people, ended, failed, goalReached },
    goalRate: percent(goalReached, ended),
    failureRate: percent(failed, ended),
  }));
}
