/** Reads the address and the headers of a call before anything is connected. */
import { headersProblem } from '../journey/http-headers';
import { isAddressLiteral, type AddressPolicy } from './http-address';
import { HttpError } from './http-error';

const LONGEST_URL = 8_192;

/** An `http:` or `https:` address without credentials whose host may be connected to. Throws HttpError. */
export function readTarget(text: string, policy: AddressPolicy): URL {
  if (text.length > LONGEST_URL) throw invalid(`It is longer than ${LONGEST_URL} characters.`);
  if (!URL.canParse(text))
    throw invalid('It is no absolute URL, such as https://example.com/hook.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid('It must begin with https:// or http://.');
  if (url.username !== '' || url.password !== '')
    throw invalid('It holds a user name or password. Put them into "auth".');
  const host = hostOf(url);
  const port = portOf(url);
  if (isAddressLiteral(host) && !policy.trustsHost(host, port) && !policy.permits(host, port))
    throw blockedAddress(host);
  return url;
}

/** The host as connections name it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

/** The error of an address that may not be reached. */
export function blockedAddress(where: string): HttpError {
  return new HttpError(
    'blocked',
    'http.blocked_address',
    `${where} is no public address on a port for the web. Whoever runs Throughline can allow it.`,
  );
}

function invalid(why: string): HttpError {
  return new HttpError('blocked', 'http.invalid_url', `The URL cannot be called. ${why}`);
}

/** The headers by lower-case name. Throws HttpError for one that cannot or may not be sent. */
export function readHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const problem = headersProblem(given);
  if (problem !== null) throw new HttpError('blocked', 'http.header_refused', problem);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.toLowerCase(), value.trim()]),
  );
}
