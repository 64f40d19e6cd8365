/**
 * Calls over HTTP to addresses that users of the product write.
 *
 * Owns: where a call may go, how long it may take, how much is read, and what its end means. Does not
 * own: whether it is made again.
 *
 * 1. Nothing but public addresses on the web's ports is reached, the exceptions of the configuration
 *    aside; see http-address.ts and http-connect.ts.
 * 2. A redirect is not followed: it would carry credentials and bodies to wherever the receiver says.
 * 3. A call is made at most once, straight to its host: proxies of the environment are not used.
 * 4. Answers are asked for uncompressed, so what is counted is what is kept.
 */
import { Agent } from 'undici';
import { createAddressPolicy } from './http-address';
import type { HttpAnswer, HttpCall } from './http-call';
export type { HttpAnswer, HttpCall } from './http-call';
import { createConnector, type NameLookup } from './http-connect';
import { statusFailure } from './http-error';
import { exchange } from './http-exchange';
import { readHeaders, readTarget } from './http-target';

export interface HttpChannel {
  /** Resolves with an answer of 2xx; otherwise rejects with HttpError. */
  request(call: HttpCall): Promise<HttpAnswer>;
  /** Ends idle connections; calls under way are finished. */
  close(): Promise<void>;
}

export interface HttpChannelOptions {
  /**
   * What may be reached though it is private or on another port: hosts (`localhost:3000`,
   * `*.internal`), addresses and blocks (`10.1.0.0/16`).
   */
  readonly allow?: readonly string[];
  /** Connections kept to one origin, 8 unless told; calls beyond them wait within their time. */
  readonly connections?: number;
  readonly lookup?: NameLookup;
  readonly ca?: string;
}

const MAX_RESPONSE_BYTES = 65_536;
const MAX_RESPONSE_HEADER_BYTES = 16_384;
const KEEP_ALIVE_MS = 4_000;

/** Opens no connection before the first call. Throws on an entry of `allow` that it cannot read. */
export function createHttpChannel(options: HttpChannelOptions = {}): HttpChannel {
  const policy = createAddressPolicy(options.allow);
  const agent = new Agent({
    connect: createConnector({ policy, lookup: options.lookup, ca: options.ca }),
    connections: options.connections ?? 8,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    // The deadline of the call stands for both.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    async request({ method, url, headers, body, timeoutMs, maxResponseBytes }) {
      const target = readTarget(url, policy);
      const sent = readHeaders({ 'user-agent': 'Throughline', accept: '*/*', ...lower(headers) });
      const answer = await exchange(agent, {
        url: target,
        method: method.toUpperCase(),
        headers: { ...sent, 'accept-encoding': 'identity' },
        body,
        timeoutMs,
        maxResponseBytes: maxResponseBytes ?? MAX_RESPONSE_BYTES,
      });
      const failure = statusFailure(answer);
      if (failure !== null) throw failure;
      return answer;
    },
    close: () => agent.close(),
  };
}

function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
