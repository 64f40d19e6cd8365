/** Reads the address and the headers of a call before anything is connected. */
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

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
/** What a header may hold: visible Latin-1, blanks and tabs. Line breaks would begin another header. */
const FIELD = /^[\t\x20-\x7E\x80-\xFF]*$/;
const LONGEST_HEADERS = 16_384;

/** Headers that describe the connection or the length of the body, which are not the caller's. */
const OWN = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-authorization',
  'proxy-connection',
  'accept-encoding',
]);

/** The headers by lower-case name. Throws HttpError for one that cannot or may not be sent. */
export function readHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const headers = new Map<string, string>();
  let size = 0;
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase();
    if (!TOKEN.test(name)) throw refused(name, 'is no header name');
    if (OWN.has(key)) throw refused(name, 'is set by the connection itself');
    if (!FIELD.test(value)) throw refused(name, 'holds a line break or a letter beyond Latin-1');
    size += name.length + value.length;
    headers.set(key, value.trim());
  }
  if (size > LONGEST_HEADERS) throw refused('All', `are longer than ${LONGEST_HEADERS} characters`);
  return Object.fromEntries(headers);
}

function refused(name: string, why: string): HttpError {
  const shown = JSON.stringify(name.slice(0, 100));
  return new HttpError('blocked', 'http.header_refused', `The header ${shown} ${why}.`);
}
