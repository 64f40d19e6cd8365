import type { Instant } from '../../src/journey/json';
import { indexGraph } from '../../src/journey/graph';
import { simulate } from '../../src/journey/simulate';
import type { Simulation, SimulationInput } from '../../src/journey/simulation';
import { define } from './define';
import { simulation, START } from './simulator';

const HOUR = 3_600_000;

/** Hours behind the start. */
export const hours = (count: number): Instant => START + count * HOUR;

/** Simulates a sketch as it is, and with a fresh history begun at every chance. */
export async function walkTwice(
  sketch: Parameters<typeof define>[0],
  input: Partial<SimulationInput> = {},
): Promise<readonly [once: Simulation, often: Simulation]> {
  const graph = indexGraph(define(sketch));
  const often = { ...input, continueAfter: (wakes: number) => wakes > 0 };
  return [await simulate(graph, simulation(input)), await simulate(graph, simulation(often))];
}

/** The same where the fresh histories must make no difference at all. */
export async function walk(...given: Parameters<typeof walkTwice>): Promise<Simulation> {
  const [once, often] = await walkTwice(...given);
  expect(often).toEqual(once);
  return once;
}

/** `node:port@hour` of every step in order of its beginning; a cancelled one is `node!@hour`. */
export function pathOf({ steps }: Simulation): readonly string[] {
  return steps.map(({ nodeId, port, endedAt, status }) => {
    const end = status === 'cancelled' ? '!' : `:${port ?? '-'}`;
    return `${nodeId}${end}@${((endedAt ?? Number.NaN) - START) / HOUR}`;
  });
}
