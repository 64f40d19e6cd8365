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
  h1 { font-size: 1.4rem; } button { font: inherit; padding: .6rem 1.2rem; cursor: pointer; }`;

interface Page {
  readonly title: string;
  readonly text: string;
  /** What a button does: it posts to the address of the page. */
  readonly button?: string;
}

/** Whether somebody really wants to unsubscribe: scanners follow links, and press no buttons. */
export const ASK: Page = {
  title: 'Unsubscribe',
  text: 'You will get no more marketing e-mails from this sender.',
  button: 'Unsubscribe',
};

export const DONE: Page = {
  title: 'You are unsubscribed',
  text: 'You will get no more marketing e-mails from this sender. Messages about something you have ordered or asked for may still come.',
};

export const NO_LINK: Page = {
  title: 'This link does not work',
  text: 'It was cut short, or is no link of ours. Open the e-mail and follow the link there, or copy all of it.',
};

/** Sends one of the pages above; their texts are ours, so nothing has to be escaped. */
export function sendPage(response: Response, status: number, { title, text, button }: Page): void {
  const form = button === undefined ? '' : `<form method="post"><button>${button}</button></form>`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${text}</p>${form}</main></body></html>`;
  response.status(status).set(HEADERS).type('html').send(html);
}
