import type { JsonObject } from '../journey/json';
import { nodeTypes } from '../journey/nodes';

/**
 * A step's output as callers see it, instants as ISO 8601 in UTC. Histories and rows have them in milliseconds: what
 * was written there once must be written the same for ever.
 */
export function shownOutput(nodeType: string, output: JsonObject): JsonObject {
  const instants = nodeTypes.get(nodeType)?.outputInstants ?? [];
  if (instants.length === 0) return output;
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => [
      name,
      typeof value === 'number' && instants.includes(name) ? new Date(value).toISOString() : value,
    ]),
  );
}
