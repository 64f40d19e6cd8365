/** The links of a caught mail that somebody can follow: those of its HTML, and the one that its headers unsubscribe by. */
import { decoded, webAddress } from '../links/tracked-html';
import type { CaughtMail } from './caught-mail';

export interface MailLink {
  /** What the reader clicks on; the text of the image where there is no other. */
  readonly text: string;
  readonly url: string;
  readonly unsubscribes: boolean;
}

const ANCHOR = /<a(?=\s)/i;
const HREF = /^[^<>]*?\shref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')[^<>]*>/i;
const ANCHOR_END = /<\/a\s*>/i;
const ALT = /<img\b[^<>]*?\salt\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')/i;

/** Each link once, in the order in which a reader meets them. */
export function linksInMail({ html, headers }: Pick<CaughtMail, 'html' | 'headers'>): MailLink[] {
  const listed = /<(https?:[^<>]*)>/i.exec(headers['list-unsubscribe'] ?? '')?.[1];
  const leaving = listed === undefined ? null : webAddress(listed.trim());
  const [, ...anchors] = (html ?? '').split(ANCHOR);
  const links = new Map<string, MailLink>();
  for (const { text, url } of anchors.flatMap(anchorIn)) {
    const link = { text, url, unsubscribes: url === leaving };
    if (!links.has(`${url} ${text}`)) links.set(`${url} ${text}`, link);
  }
  const all = [...links.values()];
  if (leaving === null || all.some(({ unsubscribes }) => unsubscribes)) return all;
  return [...all, { text: 'Unsubscribe', url: leaving, unsubscribes: true }];
}

/** The link that begins with what stands behind `<a`; none where it leads to no page. */
function anchorIn(behind: string): Pick<MailLink, 'text' | 'url'>[] {
  const tag = HREF.exec(behind);
  const url = tag === null ? null : webAddress(decoded(tag[1] ?? tag[2] ?? '').trim());
  if (tag === null || url === null) return [];
  const [inner = ''] = behind.slice(tag[0].length).split(ANCHOR_END, 1);
  const alt = ALT.exec(inner);
  const text = textOf(inner) || textOf(alt?.[1] ?? alt?.[2] ?? '');
  return [{ text: text || '(a link without a text)', url }];
}

const textOf = (markup: string): string =>
  decoded(markup.replace(/<[^<>]*>/g, ' ').replace(/&nbsp;/gi, ' '))
    .replace(/\s+/g, ' ')
    .trim();
