/**
 * Connects, and to permitted addresses only.
 *
 * A look-up hook alone is no filter: a host that is an address is never looked up. So an address is
 * judged where it is written, every answer of the name server is judged, and the address that a socket
 * is really connected to is judged before the request is written.
 */
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isAddressLiteral, type AddressPolicy } from './http-address';
import { blockedAddress } from './http-target';

const CONNECT_MS = 5_000;
const LOOKUP_MS = 4_000;

/** Answers a name with all of its addresses. */
export type NameLookup = (
  host: string,
  options: LookupOptions & { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export interface ConnectOptions {
  readonly policy: AddressPolicy;
  /** The system's resolver unless told. */
  readonly lookup?: NameLookup | undefined;
  /** Certificates of authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
}

/** The connector of an undici agent. */
export function createConnector({ policy, lookup, ca }: ConnectOptions): buildConnector.connector {
  const resolve: NameLookup = lookup ?? systemLookup;
  const trust = ca === undefined ? {} : { ca };
  const connectorWith = (hook: NameLookup) =>
    buildConnector({ timeout: CONNECT_MS, lookup: plain(hook), ...trust });
  const trusting = connectorWith(resolve);
  const judging = new Map<number, buildConnector.connector>();
  const judgingFor = (port: number) => {
    const known = judging.get(port) ?? connectorWith(judged(resolve, policy, port));
    judging.set(port, known);
    return known;
  };
  return (options, callback) => {
    const { hostname: host, protocol } = options;
    const port = Number(options.port || (protocol === 'https:' ? 443 : 80));
    if (policy.trustsHost(host, port)) return trusting(options, callback);
    if (isAddressLiteral(host) && !policy.permits(host, port))
      return callback(blockedAddress(host), null);
    judgingFor(port)(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      const { remoteAddress: address = 'nowhere' } = socket;
      if (policy.permits(address, port)) return callback(null, socket);
      socket.destroy();
      callback(blockedAddress(`${host} (${address})`), null);
    });
  };
}

/** Refuses a name of which any address may not be reached: the next answer could be that one alone. */
function judged(resolve: NameLookup, policy: AddressPolicy, port: number): NameLookup {
  return (host, options, callback) =>
    resolve(host, options, (error, addresses) => {
      const bad = error ? undefined : addresses.find((it) => !policy.permits(it.address, port));
      if (bad === undefined) callback(error, addresses);
      else callback(blockedAddress(`${host} (${bad.address})`), []);
    });
}

/**
 * As sockets ask: for one address or for all. The library's own limit on connecting can be collected as
 * garbage together with a socket that has nothing but an unanswered look-up, so this has its own.
 */
function plain(lookup: NameLookup): LookupFunction {
  return (host, options, callback) => {
    let answered = false;
    const answer = (error: Error | null, addresses: readonly LookupAddress[] = []) => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      const [first] = addresses;
      if (error !== null || first === undefined) callback(error ?? unresolved(host), '', 0);
      else if (options.all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    const timer = setTimeout(() => answer(unresolved(host)), LOOKUP_MS);
    lookup(host, { ...options, all: true }, answer);
  };
}

function unresolved(host: string): Error {
  return Object.assign(new Error(`No address of ${host} could be found.`), { code: 'ENODATA' });
}
