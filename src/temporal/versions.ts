/** What the workers of a process know of published definitions, as they were stored and as graphs. */
import type { Database } from '../db/client';
import { loadVersion } from '../db/workflows';
import type { Definition } from '../journey/definition';
import { type Graph, indexGraph } from '../journey/graph';
import type { GraphRef } from '../journey/graph-ref';
import { cachedVersions, type VersionLoader } from './version-cache';

export interface Versions {
  readonly loadDefinition: VersionLoader;
  readonly loadGraph: (ref: GraphRef) => Promise<Graph>;
}

/** Reads each version once and indexes it once. */
export function openVersions(db: Database): Versions {
  const loadDefinition = cachedVersions((ref) => readVersion(db, ref));
  const graphs = new WeakMap<Definition, Graph>();
  return {
    loadDefinition,
    async loadGraph(ref) {
      const definition = await loadDefinition(ref);
      const graph = graphs.get(definition) ?? indexGraph(definition);
      graphs.set(definition, graph);
      return graph;
    },
  };
}

async function readVersion(db: Database, ref: GraphRef): Promise<Definition> {
  const { workspaceId, workflowId, version } = ref;
  const row = await db.inWorkspace(workspaceId, (tx) => loadVersion(tx, workflowId, version));
  if (row === null) throw new Error(`Version ${version} of workflow ${workflowId} is gone.`);
  return row.definition as unknown as Definition;
}
