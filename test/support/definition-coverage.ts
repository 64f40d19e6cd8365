/** Which parts of a definition its own tests go through, by the names that its author gave them. */
import type { Definition } from '../../src/journey/definition';
import { indexGraph } from '../../src/journey/graph';
import { EXIT_CONDITION } from '../../src/journey/goals';
import { portsOf } from '../../src/journey/node-type';
import type { DryRunReport } from '../../src/language/dry-run';

/** What no run has gone through: nodes, ports with an edge, skipping by `executeIf`, goals, the exit. */
export function notCovered(
  definition: Definition,
  runs: readonly DryRunReport[],
): readonly string[] {
  const seen = new Set(runs.flatMap(partsOf));
  return wantedOf(definition).filter((part) => !seen.has(part));
}

function partsOf({ steps, goals, reason }: DryRunReport): readonly string[] {
  return [
    ...steps.flatMap(({ nodeId, status, port }) =>
      status === 'skipped'
        ? [`${nodeId} (skipped)`]
        : [nodeId, ...(port === undefined ? [] : [`${nodeId}:${port}`])],
    ),
    ...goals.map(({ id }) => `goal ${id}`),
    ...(reason === EXIT_CONDITION ? ['exitWhen'] : []),
  ];
}

function wantedOf(definition: Definition): readonly string[] {
  const { nodes, edges, goals, settings } = definition;
  const graph = indexGraph(definition);
  const ports = new Map(
    nodes.map(({ id }) => {
      const { type, config } = graph.node(id);
      return [id, [...portsOf(type, config), 'error']];
    }),
  );
  return [
    ...nodes.map(({ id }) => id),
    ...nodes.filter(({ executeIf }) => executeIf).map(({ id }) => `${id} (skipped)`),
    // A list form lets `next` lead on from nodes that have no such port.
    ...edges.flatMap(({ source, sourceHandle = 'next' }) =>
      ports.get(source)?.includes(sourceHandle) ? [`${source}:${sourceHandle}`] : [],
    ),
    ...goals.map(({ id }) => `goal ${id}`),
    ...(settings.exitWhen === undefined ? [] : ['exitWhen']),
  ];
}
