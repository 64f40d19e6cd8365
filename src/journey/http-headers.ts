/** Which headers a call may carry; one rule for making it and for dry runs. */

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

/** Why these headers cannot or may not be sent, in words; null when they may. */
export function headersProblem(headers: Readonly<Record<string, string>>): string | null {
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    const why = headerProblem(name, value);
    if (why !== null) return `The header ${JSON.stringify(name.slice(0, 100))} ${why}.`;
    size += name.length + value.length;
  }
  return size > LONGEST_HEADERS
    ? `All headers together are longer than ${LONGEST_HEADERS} characters.`
    : null;
}

function headerProblem(name: string, value: string): string | null {
  if (!TOKEN.test(name)) return 'is no header name';
  if (OWN.has(name.toLowerCase())) return 'is set by the connection itself';
  return FIELD.test(value) ? null : 'holds a line break or a letter beyond Latin-1';
}
