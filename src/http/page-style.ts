/** The look of a page, and the policy that lets it have that and nothing else. */
import { createHash } from 'node:crypto';
import { html, Markup } from './markup';

/** A style sheet as a page carries it, and as its policy names it. */
export interface PageStyle {
  readonly element: Markup;
  readonly source: string;
}

/** A style sheet of ours. */
export function pageStyle(text: string): PageStyle {
  const hash = createHash('sha256').update(text).digest('base64');
  return { element: html`<style>${new Markup(text)}</style>`, source: `'sha256-${hash}'` };
}

/** Nothing is loaded, nothing runs, nobody frames it; `more` opens what a page needs. */
export function policyOf({ source }: PageStyle, more = "form-action 'none'"): string {
  return `default-src 'none'; style-src ${source}; base-uri 'none'; frame-ancestors 'none'; ${more}`;
}
