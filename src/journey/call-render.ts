/** Calls as their templates make them. */
import { textOf } from './coercion';
import { EvaluationFailed, type Evaluators, type Facts } from './facts';
import { headersProblem } from './http-headers';
import type { Json } from './json';
import type { DryRun } from './node-type';

export interface CallTemplates {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Json | undefined;
}

export interface RenderedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent when none is configured. */
  readonly body?: Json;
}

/** Renders a call. Rejects with EvaluationFailed. */
export async function renderCall(
  { method, url, headers = {}, body }: CallTemplates,
  facts: Facts,
  evaluators: Evaluators,
): Promise<RenderedCall> {
  const rendered = new Map<string, string>();
  for (const [name, value] of Object.entries(headers))
    rendered.set(name, await renderText(value, facts, evaluators));
  return {
    method,
    url: await renderUrl(url, facts, evaluators),
    headers: Object.fromEntries(rendered),
    ...(body === undefined ? {} : { body: await evaluators.value(body, facts) }),
  };
}

/** Renders to a text; what is missing is the empty one. Rejects with EvaluationFailed. */
export async function renderText(
  template: string,
  facts: Facts,
  evaluators: Evaluators,
): Promise<string> {
  const value = await evaluators.value(template, facts);
  return textOf(value) ?? (value === null ? '' : JSON.stringify(value));
}

async function renderUrl(template: string, facts: Facts, evaluators: Evaluators): Promise<string> {
  const url = (await renderText(template, facts, evaluators)).trim();
  if (/^https?:\/\/[^\s/?#]/i.test(url)) return url;
  throw new EvaluationFailed(
    'http.invalid_url',
    `The address is rendered to ${JSON.stringify(url.slice(0, 200))}, which does not begin with https:// or http://.`,
  );
}

/**
 * What a dry run shows of a call that is answered with 200. Throws EvaluationFailed for headers that
 * could not be sent.
 */
export function previewOfCall(
  type: string,
  { method, url, headers }: RenderedCall,
  writes: DryRun['writes'] = [],
): DryRun {
  const problem = headersProblem(headers);
  if (problem !== null) throw new EvaluationFailed('http.header_refused', problem);
  return {
    preview: { call: { type, target: method === 'POST' ? url : `${method} ${url}` } },
    result: { outcome: 'done', status: 200 },
    writes,
  };
}
