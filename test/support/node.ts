import type { Definition } from '../../src/journey/definition';
import { indexGraph } from '../../src/journey/graph';
import { nodeTypes } from '../../src/journey/nodes/index';
import { simulate } from '../../src/journey/simulate';
import type { Simulation, SimulationInput } from '../../src/journey/simulation';
import { define } from './define';
import { simulation } from './simulator';

/** A journey of one node, called `it`; one that joins is met by two branches. */
export function alone(type: string, data: object): Definition {
  const nodes = { it: [type, data] } as const;
  if (nodeTypes.get(type)?.joins === undefined) return define({ nodes, edges: [] });
  return define({
    nodes: { fork: ['parallel', { branches: ['a', 'b'] }], ...nodes },
    edges: ['fork:a -> it', 'fork:b -> it'],
  });
}

/** Runs one node on its own, every port leading to the end. */
export function runNode(
  type: string,
  data: object,
  input: Partial<SimulationInput> = {},
): Promise<Simulation> {
  return simulate(indexGraph(alone(type, data)), simulation(input));
}

/** The problems of a configuration, as `path: message`. */
export function problemsOf(type: string, data: object): readonly string[] {
  const parsed = nodeTypes.get(type)?.config.safeParse(data);
  if (parsed === undefined) throw new Error(`There is no node type "${type}".`);
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
