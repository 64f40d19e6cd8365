import { html, type Markup, NOTHING } from '../http/markup';
import { pagePolicy, pageText, table, when } from '../http/page';
import type { CaughtMail } from './caught-mail';
import { linksInMail } from './links-in-mail';

/** Nothing is loaded from anywhere, and nothing runs. */
export const PAGE_POLICY = pagePolicy("img-src data:; frame-src 'self'; form-action 'none'");
/** Mails show the markup of strangers, with the styles that it carries: without scripts, forms or a way out. */
export const MAIL_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const MOST_LISTED = 500;

const subjectOf = ({ subject }: CaughtMail) => subject || '(no subject)';

/** The list of mails, newest first; it reloads by itself unless told not to. */
export function inboxPage(mails: readonly CaughtMail[], live = true): string {
  const rows = mails
    .slice(0, MOST_LISTED)
    .map(
      (mail) =>
        html`<tr><td class="when">${when(new Date(mail.receivedAt))}</td><td>${mail.to}</td><th scope="row"><a href="/mail/${mail.number}">${subjectOf(mail)}</a></th></tr>`,
    );
  const hidden = mails.length > MOST_LISTED ? `; the newest ${MOST_LISTED} are shown` : '';
  const count = mails.length === 1 ? '1 mail' : `${mails.length} mails`;
  return pageText({
    title: 'Inbox',
    links: [{ text: 'As JSON', url: '/dev/inbox.json' }],
    live: { on: live, toggle: live ? '/?live=off' : '/' },
    body: html`<p class="quiet">${count}, times in UTC${hidden}. Nothing leaves this machine.</p>${
      rows.length > 0
        ? table('Mails', ['Received', 'To', 'Subject'], rows)
        : html`<p class="sheet">No mail yet. It appears here by itself.</p>`
    }`,
  });
}

/** The links of a mail to follow: what they say, and where they lead. */
function linksOf(mail: CaughtMail): Markup {
  const links = linksInMail(mail);
  if (links.length === 0) return NOTHING;
  const items = links.map(
    ({ text, url, unsubscribes }) =>
      html`<li><a href="${url}">${text}</a>${unsubscribes ? ' (unsubscribes)' : ''} <span class="quiet">${url}</span></li>`,
  );
  return html`<h2>Its links</h2><ul>${items}</ul>`;
}

/** One mail: its HTML in a frame without any rights, its text, all headers. */
export function mailPage(mail: CaughtMail): string {
  const facts: readonly (readonly [string, string | Markup])[] = [
    ['To', mail.to],
    ['From', mail.headers.from ?? mail.from],
    ['Received', when(new Date(mail.receivedAt))],
    ['Message-ID', mail.messageId ?? '(none)'],
  ];
  const list = facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`);
  const frame =
    mail.html === null
      ? NOTHING
      : html`<h2>As HTML</h2><iframe sandbox title="HTML of the mail" src="/mail/${mail.number}/body"></iframe><p class="quiet">Pictures from the web are not loaded, and links in there lead nowhere.</p>`;
  const text =
    mail.text === null ? NOTHING : html`<h2>As text</h2><pre class="sheet">${mail.text}</pre>`;
  const headers = Object.entries(mail.headers).map(([name, value]) => `${name}: ${value}`);
  return pageText({
    title: subjectOf(mail),
    links: [{ text: '← Inbox', url: '/' }],
    body: html`<dl class="facts">${list}</dl>${frame}${linksOf(mail)}${text}<details><summary>All headers</summary><pre class="sheet">${headers.join('\n')}</pre></details>`,
  });
}
