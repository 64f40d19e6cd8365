/** Renders an e-mail from its templates. */
import type { EmailTemplates, Facts, RenderedEmail } from '../journey/facts';
import type { JsonObject } from '../journey/json';
import { renderText } from './liquid';
import { htmlOfMjml } from './mjml';
import { renderLimits } from './render-limits';
import { scopeOf, templateView } from './scope';

/**
 * Renders subject, bodies and recipient, bounded together; values are escaped in the HTML body. Beside what every
 * template sees, a mail sees `own`. Throws TemplateError.
 */
export function renderEmail(
  templates: EmailTemplates,
  facts: Facts,
  own: JsonObject = {},
): RenderedEmail {
  const scope = scopeOf(facts);
  const input = {
    view: { ...templateView(scope), ...own },
    at: scope.at,
    zone: scope.zone,
    limits: renderLimits(),
  };
  const { subject, preheader, mjml, text, to } = templates;
  const html = mjml === undefined ? templates.html : htmlOfMjml(mjml);
  const recipient = to === undefined ? facts.contact.email : renderText(to, input);
  const preview = preheader === undefined ? '' : renderText(preheader, input).trim();
  return {
    // A template written over several lines ends with a break that nobody meant.
    subject: renderText(subject, input).trim(),
    ...(html === undefined
      ? {}
      : { html: withPreheader(renderText(html, input, 'html'), preview) }),
    ...(text === undefined ? {} : { text: renderText(text, input) }),
    to: recipient?.trim() || null,
  };
}

const BODY = /<body(?:\s[^<>]*)?>/i;

/** Puts the line that mailboxes show behind the subject where they look for it; who opens the mail does not see it. */
function withPreheader(html: string, preview: string): string {
  if (preview === '') return html;
  const line = `<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0">${escaped(preview)}</div>`;
  const body = BODY.exec(html);
  const at = body === null ? 0 : body.index + body[0].length;
  return html.slice(0, at) + line + html.slice(at);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
