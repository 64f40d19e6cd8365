/** A node entered again at the same visit, after any of its awaits, ends as if nothing had happened. */
import { indexGraph } from '../../src/journey/graph';
import { interpret } from '../../src/journey/interpret';
import { nodeTypes } from '../../src/journey/nodes/index';
import { PathStopped, type Runtime } from '../../src/journey/runtime';
import type { ScriptEntry, Simulation } from '../../src/journey/simulation';
import { VirtualClock } from '../../src/journey/virtual-clock';
import { SimulatedWorld } from '../../src/journey/simulated-world';
import { type EnrollmentState, initialState } from '../../src/journey/state';
import { alone } from '../support/node';
import { simulation, START } from '../support/simulator';

/** What a node's `run` awaits. */
const AWAITED = ['sleep', 'findEvent', 'perform', 'ask'] as const;

interface Interruption {
  /** Which await, counted from 0. */
  readonly at: number;
  /** Before the call, or after it with its answer lost. */
  readonly when: 'before' | 'after';
}

interface Played {
  readonly result: Simulation;
  readonly awaits: number;
}

const script: readonly ScriptEntry[] = [
  { at: START + 60_000, event: { type: 'email.opened' } },
  { at: START + 120_000, event: { type: 'payment.successful', properties: { total: 140 } } },
];

async function play(type: string, data: object, stop: Interruption | null): Promise<Played> {
  const graph = indexGraph(alone(type, data));
  const input = simulation({ script });
  const clock = new VirtualClock(input);
  const world = new SimulatedWorld(graph, input, clock);
  clock.onScript = (entry) => world.happens(entry);
  const { runtime, count } = interrupted(world, stop);
  let state: EnrollmentState = initialState(world.enrollmentId, graph.entry, START);
  for (;;) {
    const end = await clock.drive(interpret(graph, state, runtime));
    if (end === null || end.kind === 'ended') {
      return { result: world.report(end?.status ?? 'waiting'), awaits: count() };
    }
    state = JSON.parse(JSON.stringify(end.state)) as EnrollmentState;
  }
}

/** The same runtime, but for one of a node's awaits that ends with a stop. */
function interrupted(world: SimulatedWorld, stop: Interruption | null) {
  let calls = 0;
  const runtime = new Proxy<Runtime>(world, {
    get(target, name: keyof Runtime) {
      const method = target[name].bind(target) as (...args: unknown[]) => unknown;
      if (!(AWAITED as readonly string[]).includes(name)) return method;
      return async (...args: unknown[]) => {
        const watching =
          name === 'sleep' && (args[0] as { summary: string }).summary.startsWith('Wait for a');
        const hit = !watching && calls++ === stop?.at;
        if (hit && stop?.when === 'before') throw new PathStopped();
        const answer = await method(...args);
        if (hit) throw new PathStopped();
        return answer;
      };
    },
  });
  return { runtime, count: () => calls };
}

const examples = [...nodeTypes.values()]
  .filter((type) => type.kind !== 'decision')
  .flatMap(({ type, examples: all }) =>
    all.map(({ title, data }) => ({ type, title, data: data as object })),
  );

it.each(examples)('$type: $title', async ({ type, data }) => {
  const { result, awaits } = await play(type, data, null);
  const declared = nodeTypes.get(type);
  const lasts = declared?.kind === 'effect' || declared?.takesTime !== undefined;
  if (lasts) expect(awaits).toBeGreaterThan(0);
  for (let at = 0; at < awaits; at += 1) {
    for (const when of ['before', 'after'] as const) {
      const again = await play(type, data, { at, when });
      expect({ at, when, result: again.result }).toEqual({ at, when, result });
    }
  }
});
