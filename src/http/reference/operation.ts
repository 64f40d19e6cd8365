/** One operation: how it is asked, with what, what it answers, and what can be wrong. */
import { html, type Markup, NOTHING } from '../markup';
import type { Document, Operation, Parameter, Schema } from './document';
import { about, fieldsOf, required, typeOf } from './fields';
import { prose } from './prose';
import { sampleOf } from './sample';

export interface Described {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export function operationOf(document: Document, described: Described): Markup {
  const { path, method, operation } = described;
  const { operationId, summary, description } = operation;
  return html`<article id="${operationId}">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="address"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
<p>${prose(description)}</p>
${parametersOf(document, operation)}
${bodyOf(document, operation)}
${answersOf(document, operation)}
${problemsOf(operation)}
<details><summary>With curl</summary><pre>${curlOf(document, described)}</pre></details>
</article>
`;
}

function parametersOf(document: Document, { parameters = [] }: Operation): Markup {
  if (parameters.length === 0) return NOTHING;
  const rows = parameters.map((parameter) => parameterRow(document, parameter));
  return html`<h4>Parameters</h4><ul class="fields">${rows}</ul>`;
}

function parameterRow(document: Document, parameter: Parameter): Markup {
  const { name, schema, description = schema.description ?? '' } = parameter;
  const told = about(document, { ...schema, description });
  return html`<li><code class="name">${name}</code> <span class="type">${typeOf(document, schema)}, in the ${parameter.in}</span>${required(parameter.required === true)}${told}</li>`;
}

type Content = Operation['responses'][string]['content'];

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';

const jsonOf = (content: Content): Schema | null => content[JSON_TYPE]?.schema ?? null;
const isProblem = (content: Content): boolean => content['application/problem+json'] !== undefined;

/** In which forms a definition comes and goes. */
function yamlOf(content: Content): Markup {
  if (content[YAML_TYPE] === undefined) return NOTHING;
  const or = content[JSON_TYPE] === undefined ? '' : 'or ';
  return html`<p class="shape"><span class="type">${or}YAML, as ${YAML_TYPE}</span></p>`;
}

function bodyOf(document: Document, { requestBody }: Operation): Markup {
  if (requestBody === undefined) return NOTHING;
  return html`<h4>Body</h4>${shape(document, requestBody.content)}`;
}

function answersOf(document: Document, { responses }: Operation): Markup {
  const answers = Object.entries(responses).flatMap(([status, { description, content }]) => {
    if (isProblem(content)) return [];
    return [
      html`<details><summary><span class="status">${status}</span> ${prose(description)}</summary><div class="answer">${shape(document, content)}</div></details>`,
    ];
  });
  return html`<h4>Answers</h4>${answers}`;
}

function shape(document: Document, content: Content): Markup {
  const schema = jsonOf(content);
  const json =
    schema === null
      ? NOTHING
      : html`<p class="shape"><span class="type">${typeOf(document, schema)}</span></p>${fieldsOf(document, schema)}`;
  return html`${json}${yamlOf(content)}`;
}

/** One line per status; a problem's own fields are described once, on top of the page. */
function problemsOf({ responses }: Operation): Markup {
  const lines = Object.entries(responses)
    .filter(([, { content }]) => isProblem(content))
    .map(
      ([status, { description }]) =>
        html`<li><span class="status bad">${status}</span> ${prose(description)}</li>`,
    );
  return html`<details><summary>Problems</summary><ul class="problems">${lines}</ul></details>`;
}

function curlOf(document: Document, { path, method, operation }: Described): string {
  const schema = operation.requestBody && jsonOf(operation.requestBody.content);
  const lines = [
    `curl --request ${method.toUpperCase()} "$API${path}"`,
    '--header "Authorization: Bearer $KEY"',
  ];
  if (schema) {
    const body = JSON.stringify(sampleOf(document, schema), null, 2);
    lines.push('--header "Content-Type: application/json"', `--data '${body}'`);
  }
  return lines.join(' \\\n  ');
}
