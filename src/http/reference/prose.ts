import { html, type Markup } from '../markup';

/** A sentence in which `code` is marked as such. */
export function prose(text: string): Markup {
  const pieces = text.split('`');
  return html`${pieces.map((piece, index) =>
    index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`,
  )}`;
}
