/**
 * Makes an HTML mail tell that it was opened and which of its links were followed.
 *
 * 1. Only what is certainly an `href` of an `a` with a web address is replaced; whatever else stands there stays as it
 *    was written. A link that is overlooked works, and is not counted.
 * 2. Every pattern is linear in the length of the mail: templates belong to strangers.
 */

/** The attribute with its quotes; `<` ends the search, so that no tag is looked through twice. */
const HREF = /(<a(?=\s)[^<>]*?\shref\s*=\s*)("[^"<>]*"|'[^'<>]*')/gi;
const BODY_END = /<\/body\s*>/i;
/** Behind these many links nothing is counted: a mail is no sitemap, and each link is a signature. */
const MOST_LINKS = 500;
const LONGEST_TARGET = 2_000;

/** Replaces what `tracked` gives another address for; null leaves a link alone. */
export function withTrackedLinks(html: string, tracked: (target: string) => string): string {
  let links = 0;
  return html.replace(HREF, (whole: string, before: string, quoted: string) => {
    const target = webAddress(decoded(quoted.slice(1, -1)).trim());
    if (target === null || links >= MOST_LINKS) return whole;
    links += 1;
    return `${before}"${encoded(tracked(target))}"`;
  });
}

/** Puts an image that nobody sees at the end of a mail. */
export function withOpenImage(html: string, address: string): string {
  const image = `<img src="${encoded(address)}" width="1" height="1" alt="" style="border:0">`;
  const end = BODY_END.exec(html)?.index ?? html.length;
  return html.slice(0, end) + image + html.slice(end);
}

/** The address where a link to the web leads; null for any other, such as `mailto:` or one that is cut short. */
export function webAddress(text: string): string | null {
  if (text.length > LONGEST_TARGET || !URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
};

const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|quot|apos|lt|gt));/gi;

/** What an attribute or a text says, with the entities that matter. */
export function decoded(text: string): string {
  return text.replace(ENTITY, (whole: string, decimal, hex, name) => {
    if (typeof name === 'string') return NAMED[name.toLowerCase()] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}

const encoded = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
