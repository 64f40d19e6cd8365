/** Which node types and ports random journeys have gone through. */
import type { Graph } from '../../src/journey/graph';
import { type NodeType, portsOf } from '../../src/journey/node-type';
import { nodeTypes } from '../../src/journey/nodes/index';
import type { Simulation } from '../../src/journey/simulation';

export interface CoverageReport {
  /** Of the types that were asked for, from 0 to 1. */
  readonly types: number;
  /** Of their ports; those that a configuration names count as one. */
  readonly ports: number;
  /** `type` or `type:port` that was never gone through. */
  readonly missing: readonly string[];
}

/** How a port that a configuration names counts. */
const NAMED = '<named>';

/** Counts what visits have gone through; `accepts` are the types that can occur. */
export class GraphCoverage {
  readonly #wanted = new Map<string, Set<string>>();
  readonly #seen = new Set<string>();

  constructor(accepts: (type: string) => boolean = () => true) {
    for (const type of nodeTypes.values()) {
      if (!accepts(type.type)) continue;
      const ports = new Set(
        type.examples.flatMap(({ data }) => declared(type, type.config.parse(data))),
      );
      if (type.kind === 'effect') ports.add('error');
      this.#wanted.set(type.type, ports);
    }
  }

  /** Counts the visits of a simulation, or of any runtime that tells its steps. */
  note(
    graph: Graph,
    steps: readonly Pick<Simulation['steps'][number], 'nodeId' | 'port' | 'endedAt'>[],
  ): void {
    for (const { nodeId, port, endedAt } of steps) {
      const { type, config } = graph.node(nodeId);
      this.#seen.add(type.type);
      if (endedAt === null) continue;
      for (const each of type.forks ? portsOf(type, config) : port === null ? [] : [port])
        this.#seen.add(keyOf(type, config, each));
    }
  }

  report(): CoverageReport {
    const types = [...this.#wanted.keys()];
    const ports = [...this.#wanted].flatMap(([type, own]) =>
      [...own].map((port) => `${type}:${port}`),
    );
    const missing = [...types, ...ports].filter((key) => !this.#seen.has(key));
    const share = (all: readonly string[]) =>
      all.length === 0 ? 1 : all.filter((key) => this.#seen.has(key)).length / all.length;
    return { types: share(types), ports: share(ports), missing };
  }
}

const declared = (type: NodeType, config: unknown): string[] =>
  portsOf(type, config).map((port) => nameOf(type, config, port));

const keyOf = (type: NodeType, config: unknown, port: string): string =>
  `${type.type}:${nameOf(type, config, port)}`;

function nameOf(type: NodeType, config: unknown, port: string): string {
  const isNamed = typeof type.ports === 'function' && JSON.stringify(config).includes(`"${port}"`);
  return isNamed ? NAMED : port;
}
