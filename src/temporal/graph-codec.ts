/**
 * Puts the graph beside its reference when a worker reads the workflow's input, so that histories
 * carry some hundred bytes instead of the whole definition.
 *
 * Owns: the marker and the cache. Does not own: the shape (workflows/messages.ts).
 *
 * Invariants:
 * G1. The marker is explicit (`{"$graph":`), never a size; any other payload passes untouched.
 * G2. A cached definition is the one its hash names: versions are immutable.
 */
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { GraphPayload } from '../../workflows/messages';
import type { VersionLoader } from './version-cache';

const MARKER = Buffer.from('{"$graph":');

export function createGraphCodec(load: VersionLoader): PayloadCodec {
  return {
    encode: async (payloads) => payloads,
    decode: (payloads) => Promise.all(payloads.map((payload) => expand(payload, load))),
  };
}

async function expand(payload: Payload, load: VersionLoader): Promise<Payload> {
  const { data } = payload;
  if (!data || !MARKER.equals(data.subarray(0, MARKER.length))) return payload;
  const { $graph } = JSON.parse(Buffer.from(data).toString('utf8')) as GraphPayload;
  const definition = await load($graph);
  const expanded: GraphPayload = { $graph, definition };
  return { ...payload, data: Buffer.from(JSON.stringify(expanded)) };
}
