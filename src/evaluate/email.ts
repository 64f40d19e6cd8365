/** Renders an e-mail from its templates. */
import type { Facts } from '../journey/facts';
import { renderText } from './liquid';
import { scopeOf, templateView } from './scope';

export interface EmailTemplates {
  readonly subject: string;
  readonly html?: string | undefined;
  readonly text?: string | undefined;
  /** The recipient; the contact's address when absent. */
  readonly to?: string | undefined;
}

export interface RenderedEmail {
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  /** Null when the template renders to nothing, or the contact has no address. Not checked further. */
  readonly to: string | null;
}

/** Renders subject, bodies and recipient; values are escaped in the HTML body. Throws TemplateError. */
export function renderEmail(templates: EmailTemplates, facts: Facts): RenderedEmail {
  const scope = scopeOf(facts);
  const input = { view: templateView(scope), at: scope.at, zone: scope.zone };
  const { subject, html, text, to } = templates;
  const recipient = to === undefined ? facts.contact.email : renderText(to, input);
  return {
    // A template written over several lines ends with a break that nobody meant.
    subject: renderText(subject, input).trim(),
    ...(html === undefined ? {} : { html: renderText(html, input, 'html') }),
    ...(text === undefined ? {} : { text: renderText(text, input) }),
    to: recipient?.trim() || null,
  };
}
