/** Renders an e-mail from its templates. */
import type { EmailTemplates, Facts, RenderedEmail } from '../journey/facts';
import type { JsonObject } from '../journey/json';
import { renderText } from './liquid';
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
