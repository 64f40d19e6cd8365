/** The pages that people see who follow a link of a mail. They say nothing about anybody. */
import type { Response } from 'express';

/** Nothing is loaded, nothing runs, nobody frames it, and no other site learns the address. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex',
};

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 17px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto 0; padding: 0 1.5rem; }
  h1 { font-size: 1.4rem; } form { margin: 0 0 .8rem; } button { font: inherit; padding: .6rem 1.2rem; cursor: pointer; }`;

interface Page {
  readonly title: string;
  readonly text: string;
  /** What buttons say; they post to the address of the page, with the query. */
  readonly buttons?: readonly { readonly says: string; readonly query?: string }[];
}

/** The parameter of a POST that unsubscribes from all marketing, whatever the mail was about. */
export const FROM_ALL = 'all';

/** Whether somebody really wants to unsubscribe: scanners follow links, and press no buttons. */
export function askPage(topic: string | null): Page {
  const title = 'Unsubscribe';
  if (topic === null)
    return { title, text: `You will get no ${MORE_AT_ALL}`, buttons: [{ says: 'Unsubscribe' }] };
  return {
    title,
    text: `This e-mail was about “${topic}”. You can unsubscribe from that alone, or from all marketing e-mails from this sender.`,
    buttons: [
      { says: `Unsubscribe from “${topic}”` },
      { says: 'Unsubscribe from all marketing', query: `?${FROM_ALL}=1` },
    ],
  };
}

/** That it is done. */
export function donePage(topic: string | null): Page {
  const text =
    topic === null
      ? `You will get no ${MORE_AT_ALL} Messages about something you have ordered or asked for may still come.`
      : `You will get no more e-mails about “${topic}” from this sender. Others, and messages about something you have ordered or asked for, may still come.`;
  return { title: 'You are unsubscribed', text };
}

const MORE_AT_ALL = 'more marketing e-mails from this sender.';

export const NO_LINK: Page = {
  title: 'This link does not work',
  text: 'It was cut short, or is no link of ours. Open the e-mail and follow the link there, or copy all of it.',
};

/** Sends one of the pages above; their texts are ours, and a topic has no characters to escape. */
export function sendPage(
  response: Response,
  status: number,
  { title, text, buttons = [] }: Page,
): void {
  const form = buttons
    .map(
      ({ says, query = '' }) =>
        `<form method="post"${query === '' ? '' : ` action="${query}"`}><button>${says}</button></form>`,
    )
    .join('');
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${text}</p>${form}</main></body></html>`;
  response.status(status).set(HEADERS).type('html').send(html);
}
