/** Published definitions by reference, read once and kept: versions are immutable. */
import type { GraphRef } from '../journey/graph-ref';
import type { Definition } from '../journey/definition';

export type VersionLoader = (ref: GraphRef) => Promise<Definition>;

/** A few thousand graphs of 50 KB are what one worker may keep. */
const KEPT = 2_000;

/**
 * Remembers what `load` answered, the least recently used forgotten first. Concurrent questions for
 * one version share an answer; a failure is not remembered.
 */
export function cachedVersions(load: VersionLoader): VersionLoader {
  const cache = new Map<string, Promise<Definition>>();
  return (ref) => {
    const key = `${ref.workspaceId} ${ref.workflowId} ${ref.version} ${ref.hash}`;
    const answer = cache.get(key) ?? load(ref);
    cache.delete(key);
    cache.set(key, answer);
    answer.catch(() => cache.delete(key));
    const oldest = cache.size > KEPT ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return answer;
  };
}
