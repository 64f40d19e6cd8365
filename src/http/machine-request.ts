/** Requests that tell of no reader: programs look at mails and their links before people do. */
import type { Request } from 'express';

/** Browsers and proxies that fetch ahead say so. */
const PURPOSE_HEADERS = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz'];
const AHEAD = /prefetch|prerender|preview/i;

/**
 * Programs that name themselves: crawlers, link previews, mail scanners. Proxies of mailboxes that load images for
 * their readers (GoogleImageProxy, YahooMailProxy) are none of them. CUBOT makes telephones.
 */
const MACHINE =
  /(?<!cu)bot\b|crawl|spider|scanner|preview|facebookexternalhit|proofpoint|barracuda|mimecast|ironport|fireeye|trendmicro|symantec|sophos/i;

/** Whether nobody has read or followed anything by this request, as far as it tells. */
export function isMachine(request: Request): boolean {
  if (request.method === 'HEAD') return true;
  if (PURPOSE_HEADERS.some((name) => AHEAD.test(request.get(name) ?? ''))) return true;
  return MACHINE.test(request.get('User-Agent') ?? '');
}
