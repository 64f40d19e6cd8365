import type { CaughtMail } from './caught-mail';

/** Nothing is loaded from anywhere, and nothing in a mail runs: mails show the markup of strangers. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'";

const MOST_LISTED = 500;

const STYLE = `
  :root { color-scheme: light dark; --line: #8883; --quiet: #888; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.3rem; margin: 0 0 .25rem; } p.quiet, td.quiet, dt { color: var(--quiet); }
  table { width: 100%; border-collapse: collapse; margin-top: 1rem; }
  td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  td.quiet { white-space: nowrap; } a { color: inherit; } td a { text-decoration: none; font-weight: 600; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0; } dd { margin: 0; }
  iframe { width: 100%; height: 28rem; border: 1px solid var(--line); border-radius: .5rem; background: #fff; }
  pre { white-space: pre-wrap; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
  details { margin-top: 1rem; }`;

/** The list of mails, newest first; it reloads by itself. */
export function inboxPage(mails: CaughtMail[]): string {
  const rows = mails
    .slice(0, MOST_LISTED)
    .map(
      (mail) =>
        `<tr><td class="quiet">${mail.receivedAt.slice(11, 19)}</td><td>${escapeHtml(mail.to)}</td>` +
        `<td><a href="/mail/${mail.number}">${escapeHtml(mail.subject || '(no subject)')}</a></td></tr>`,
    );
  const hidden = mails.length > MOST_LISTED ? `; the newest ${MOST_LISTED} are shown` : '';
  const body =
    rows.length > 0
      ? `<table>${rows.join('\n')}</table>`
      : '<p>No mail yet. It appears here by itself.</p>';
  const count = mails.length === 1 ? '1 mail' : `${mails.length} mails`;
  const intro = `<p class="quiet">${count}, times in UTC${hidden}. Nothing leaves this machine.</p>`;
  return page(
    'Inbox',
    `<h1>Development inbox</h1>${intro}${body}`,
    '<meta http-equiv="refresh" content="3">',
  );
}

/** One mail: its HTML in a frame without any rights, its text, all headers. */
export function mailPage(mail: CaughtMail): string {
  const facts = [
    ['To', mail.to],
    ['From', mail.headers.from ?? mail.from],
    ['Received', mail.receivedAt],
    ['Message-ID', mail.messageId ?? '(none)'],
  ];
  const list = facts
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value ?? '')}</dd>`)
    .join('');
  const frame =
    mail.html === null
      ? ''
      : `<iframe sandbox title="HTML of the mail" srcdoc="${escapeHtml(frameOf(mail.html))}"></iframe>`;
  const text = mail.text === null ? '' : `<pre>${escapeHtml(mail.text)}</pre>`;
  const headers = Object.entries(mail.headers).map(([name, value]) => `${name}: ${value}`);
  return page(
    mail.subject || '(no subject)',
    `<p><a href="/">← Inbox</a></p><h1>${escapeHtml(mail.subject || '(no subject)')}</h1><dl>${list}</dl>${frame}${text}` +
      `<details><summary>All headers</summary><pre>${escapeHtml(headers.join('\n'))}</pre></details>`,
  );
}

function frameOf(html: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return `<meta http-equiv="Content-Security-Policy" content="${policy}">${html}`;
}

function page(title: string, body: string, head = ''): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `${head}<title>${escapeHtml(title)} · Throughline</title><style>${STYLE}</style></head><body>${body}</body></html>`
  );
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
