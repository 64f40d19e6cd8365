/**
 * The reference page: the OpenAPI document as people read it. It is written here, once, as plain HTML: nothing is
 * loaded from anywhere, and no script runs, so it works offline and under the strictest policy.
 */
import { Router } from 'express';
import { html, type Markup } from '../markup';
import { taken } from '../observe';
import { openApiDocument } from '../openapi';
import { policyOf } from '../page-style';
import type { Document } from './document';
import { fieldsOf } from './fields';
import { type Described, operationOf } from './operation';
import { STYLE } from './style';

const HEADERS = {
  'Content-Security-Policy': policyOf(STYLE),
  'Referrer-Policy': 'no-referrer',
};

/** Answers `GET /docs`. */
export function referencePage(): Router {
  const router = Router();
  let page: string | null = null;
  router.get('/docs', taken('/docs'), (_request, response) => {
    page ??= pageOf(openApiDocument() as unknown as Document).text;
    response.set(HEADERS).type('html').send(page);
  });
  return router;
}

type Group = readonly [tag: string, operations: readonly Described[]];

/** The whole page of a document. */
export function pageOf(document: Document): Markup {
  const groups = groupsOf(document);
  const { title, description } = document.info;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} API</title>${STYLE.element}</head>
<body><nav aria-label="Operations"><h2><a href="#top">${title} API</a></h2>${groups.map(navigation)}</nav>
<main id="top"><h1>${title} API</h1><p>${description}</p>${introduction(document)}
${groups.map(([tag, operations]) => html`<section><h2 id="${tag}">${tag.replaceAll('-', ' ')}</h2>${operations.map((each) => operationOf(document, each))}</section>`)}
</main></body></html>
`;
}

function groupsOf({ paths }: Document): Group[] {
  const groups = new Map<string, Described[]>();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods)) {
      const [tag] = operation.tags;
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, operation }]);
    }
  return [...groups];
}

function navigation([tag, operations]: Group): Markup {
  const links = operations.map(
    ({ method, operation: { operationId, summary } }) =>
      html`<li><a href="#${operationId}"><span class="method ${method}">${method.toUpperCase()}</span><span>${summary}</span></a></li>`,
  );
  return html`<details open><summary>${tag.replaceAll('-', ' ')}</summary><ul>${links}</ul></details>`;
}

function introduction(document: Document): Markup {
  return html`<p>The same as a file for programs: <a href="/openapi.json">openapi.json</a>.</p>
<h4>Keys</h4><p>Send your API key in the header <code>Authorization: Bearer KEY</code>. What a key may do is told by its scopes; each operation names the one it needs.</p>
<h4>Bodies</h4><p>JSON in UTF-8; workflow definitions as YAML too, with <code>Content-Type: application/yaml</code>. Unknown fields are errors. Instants are ISO 8601 in UTC.</p>
<h4>Lists</h4><p>A list answers <code>data</code> and <code>nextCursor</code>: pass that as <code>cursor</code> for what follows, until it is null.</p>
<h4>Sending again</h4><p>A POST, PUT, PATCH or DELETE with the header <code>Idempotency-Key</code> has one effect and one answer for 24 hours, however often it is sent. Send again, after the seconds in <code>Retry-After</code>, what was answered 429 or 503, and what got no answer at all. <code>RateLimit</code> says how many requests the key has left.</p>
<h4>Problems</h4><p>Whatever went wrong is a problem of RFC 9457, <code>application/problem+json</code>. Its <code>code</code> is stable: branch on it. <code>issues</code> names everything that is wrong with an input at once, and where.</p>
<details><summary>The fields of a problem</summary>${fieldsOf(document, { $ref: '#/components/schemas/Problem' })}</details>`;
}
