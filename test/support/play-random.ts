/** Plays a random journey in the simulator, and follows what it did on the graph. */
import type { Graph } from '../../src/journey/graph';
import { simulate } from '../../src/journey/simulate';
import type { SimulatedStep, Simulation, SimulationInput } from '../../src/journey/simulation';
import { contactOf, scriptOf } from '../../src/language/dry-run-script';
import { parseDefinition } from '../../src/language/parse-definition';
import type { Definition } from '../../src/journey/definition';
import type { RandomJourney } from './random-graph';
import { simulation, START } from './simulator';

/** The definition of a random journey. @throws when it is not valid: the generator or the validation is wrong then. */
export function definitionOf({ input }: Pick<RandomJourney, 'input'>): Definition {
  const { definition, errors } = parseDefinition(input);
  if (definition === null) throw new Error(JSON.stringify({ errors, input }, null, 1));
  return definition;
}

/** What the simulator makes of a journey; `world` says what is not as in every test. */
export function playRandom(
  graph: Graph,
  journey: Omit<RandomJourney, 'input'>,
  world: Partial<SimulationInput> = {},
): Promise<Simulation> {
  const { contact, events, mocks, trigger } = journey;
  const { timeZone } = graph.definition.settings;
  const { startAt = START } = world;
  return simulate(
    graph,
    simulation({
      contact: contactOf(contact),
      script: scriptOf(events, startAt),
      mocks,
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(trigger === undefined
        ? {}
        : { trigger: { id: 'trigger', occurredAt: startAt, ...trigger } }),
      ...world,
    }),
  );
}

interface Arrival {
  readonly target: string;
  readonly at: number;
}

/**
 * Visits that nothing explains: each needs an edge of a visit that ended before, the entry, or a goal that
 * leads there. Without joins, jumps of goals and cancelled paths, each edge taken is a visit, too.
 */
export function strayVisits(graph: Graph, { steps, goals, status }: Simulation): readonly string[] {
  const jumps = goals.flatMap(({ goalId, at }): Arrival[] => {
    const onAchieved = graph.definition.goals.find(({ id }) => id === goalId)?.onAchieved;
    return typeof onAchieved === 'object' ? [{ target: onAchieved.goTo, at }] : [];
  });
  const arrivals = [
    { target: graph.entry, at: Number.NEGATIVE_INFINITY },
    ...steps.flatMap((step) => departures(graph, step)),
  ];
  const wasCut = jumps.length > 0 || steps.some((step) => cuts(graph, step));
  return [
    ...new Set([...steps.map(({ nodeId }) => nodeId), ...arrivals.map(({ target }) => target)]),
  ].flatMap((id): string[] => {
    const came = [...arrivals, ...jumps]
      .filter(({ target }) => target === id)
      .map(({ at }) => at)
      .toSorted((a, b) => a - b);
    const visits = steps.filter(({ nodeId }) => nodeId === id).map(({ at }) => at);
    const unexplained = visits
      .toSorted((a, b) => a - b)
      .some((at, index) => (came[index] ?? Number.POSITIVE_INFINITY) > at);
    if (unexplained) return [`${id} was visited at ${visits.join()}, reached at ${came.join()}`];
    const merges = graph.node(id).type.joins !== undefined;
    const missing = status === 'completed' && !wasCut && !merges && came.length > visits.length;
    return missing ? [`${id} was reached at ${came.join()}, visited at ${visits.join()}`] : [];
  });
}

/** Whether a visit was cut short, or may have cut paths that were about to enter a node: an early join does. */
function cuts(graph: Graph, { nodeId, status, port }: SimulatedStep): boolean {
  const { type, config } = graph.node(nodeId);
  const need = type.joins?.(config) ?? 'all';
  return status === 'cancelled' || need !== 'all' || (type.joins !== undefined && port !== 'next');
}

function departures(graph: Graph, step: SimulatedStep): Arrival[] {
  const { nodeId, port, status, endedAt } = step;
  if (endedAt === null || status === 'cancelled') return [];
  const { type, config } = graph.node(nodeId);
  const isFork = type.forks === true && status === 'completed';
  const ports = isFork && typeof type.ports === 'function' ? type.ports(config) : [port];
  return ports.flatMap((each) => {
    const way = graph.way(nodeId, each);
    return way.to === 'node' ? [{ target: way.id, at: endedAt }] : [];
  });
}
