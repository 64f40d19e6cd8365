/** The pages that people see who follow a link of a mail. They say nothing about anybody. */
import type { Response } from 'express';
import { html, NOTHING } from './markup';
import { pageStyle, policyOf } from './page-style';

const STYLE = pageStyle(`
  :root { color-scheme: light dark; }
  body { font: 17px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto 0; padding: 0 1.5rem; }
  h1 { font-size: 1.4rem; } form { margin: 0 0 .8rem; } button { font: inherit; padding: .6rem 1.2rem; cursor: pointer; }`);

const HEADERS = {
  'Content-Security-Policy': policyOf(STYLE, "form-action 'self'"),
  // No other site learns the address.
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex',
};

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
    text: `This e-mail was about “${inWords(topic)}”. You can unsubscribe from that alone, or from all marketing e-mails from this sender.`,
    buttons: [{ says: `Unsubscribe from “${inWords(topic)}”` }, ALL],
  };
}

/** That it is done. */
export function donePage(topic: string | null): Page {
  const title = 'You are unsubscribed';
  if (topic === null) {
    const text = `You will get no ${MORE_AT_ALL} Messages about something you have ordered or asked for may still come.`;
    return { title, text };
  }
  const text = `You will get no more e-mails about “${inWords(topic)}” from this sender. Others, and messages about something you have ordered or asked for, may still come.`;
  return { title, text, buttons: [ALL] };
}

const ALL = { says: 'Unsubscribe from all marketing', query: `?${FROM_ALL}=1` };

/** A topic is a key, and its reader has never seen it. */
const inWords = (topic: string): string => topic.replaceAll(/[-_]+/g, ' ');

const MORE_AT_ALL = 'more marketing e-mails from this sender.';

export const NO_LINK: Page = {
  title: 'This link does not work',
  text: 'It was cut short, or is no link of ours. Open the e-mail and follow the link there, or copy all of it.',
};

/** Sends one of the pages above. */
export function sendPage(
  response: Response,
  status: number,
  { title, text, buttons = [] }: Page,
): void {
  const forms = buttons.map(({ says, query }) => {
    const action = query === undefined ? NOTHING : html` action="${query}"`;
    return html`<form method="post"${action}><button>${says}</button></form>`;
  });
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${STYLE.element}</head><body><main><h1>${title}</h1><p>${text}</p>${forms}</main></body></html>`;
  response.status(status).set(HEADERS).type('html').send(page.text);
}
