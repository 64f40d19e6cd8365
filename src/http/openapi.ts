/** The OpenAPI document, written from the routes themselves. */
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { ERRORS, type ErrorCode } from '../errors';
import { jsonObject } from './common';
import type { Route } from './route';
import { routes } from './routes/index';
import { issueSchema } from './views/workflow';

const EVERY_ROUTE: readonly ErrorCode[] = [
  'auth.missing',
  'auth.invalid',
  'auth.rate_limited',
  'auth.forbidden',
  'request.rate_limited',
  'request.invalid',
  'service.unavailable',
  'internal.error',
];
const WRITING_ROUTES: readonly ErrorCode[] = [
  'request.unparsable',
  'request.too_large',
  'request.unsupported_media_type',
];
/** Problems of routes that take the entity tag that was read. */
const TAGGED: readonly ErrorCode[] = ['workflow.draft_changed', 'template.changed'];
/** Problems of every route that writes. */
const WRITE_ROUTES: readonly ErrorCode[] = ['request.idempotency_mismatch', 'request.in_progress'];

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    requestId: z.string(),
    issues: z.array(issueSchema).optional(),
    reason: z.string().optional().describe('With `enrollment.blocked` and `command.refused`: why.'),
    limit: z.int().optional().describe('With `request.too_large`: the most bytes of a body.'),
    accepts: z
      .array(z.string())
      .optional()
      .describe('With `request.unsupported_media_type`: what may be sent instead.'),
    warnings: z.array(issueSchema).optional().describe('With `definition.invalid`.'),
    tests: z
      .array(z.object({ name: z.string(), differences: z.array(jsonObject) }))
      .optional()
      .describe('With `workflow.tests_failed`: those that failed, and in what.'),
    uses: z
      .array(z.object({ workflow: z.string(), version: z.int().nullable() }))
      .optional()
      .describe('With `template.in_use`: by which workflows; `null` is the draft.'),
  })
  .meta({ id: 'Problem' });

const YAML = { 'application/yaml': { schema: jsonObject } };
const CSV = { 'text/csv': { schema: z.string() } };

let document: ReturnType<typeof createDocument> | null = null;

/** The document, made when it is first asked for. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  document ??= createDocument(describeApi());
  return document;
}

function describeApi(): ZodOpenApiObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Throughline',
      version: '1',
      description: 'Customer journeys that never lose a person. A 202 means that it is stored.',
    },
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    security: [{ apiKey: [] }],
    paths,
  };
}

function describeRoute(route: Route): ZodOpenApiOperationObject {
  const { operationId, path, scope, summary, description = '', params, query, body } = route;
  const needs = `Needs the scope \`${scope}\`.`;
  return {
    operationId,
    summary,
    tags: [path.split('/')[1] ?? ''],
    description: description === '' ? needs : `${description} ${needs}`,
    requestParams: {
      ...(params ? { path: params } : {}),
      ...(query ? { query } : {}),
      ...headersOf(route),
    },
    ...(body
      ? {
          requestBody: {
            content: {
              'application/json': { schema: body },
              ...(route.acceptsYaml === true ? YAML : {}),
              ...(route.acceptsCsv === true ? CSV : {}),
            },
          },
        }
      : {}),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

function headersOf(route: Route): { header?: z.ZodObject } {
  const key = z
    .string()
    .regex(/^[!-~]{1,255}$/)
    .optional()
    .describe('The same key and request twice have one effect and one answer, for 24 hours.');
  const tag = z.string().optional().describe('The entity tag that was read.');
  const headers = {
    ...(route.method === 'get' ? {} : { 'Idempotency-Key': key }),
    ...(TAGGED.some((code) => route.problems?.includes(code)) ? { 'If-Match': tag } : {}),
  };
  return Object.keys(headers).length > 0 ? { header: z.object(headers) } : {};
}

function answersOf({ answers }: Route): ZodOpenApiOperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, yaml }]) => [
      status,
      {
        description,
        content: {
          ...(yaml === 'only' ? {} : { 'application/json': { schema } }),
          ...(yaml === undefined ? {} : YAML),
        },
      },
    ]),
  );
}

/** One response per status, naming the codes that it may have. */
function problemsOf(route: Route): ZodOpenApiOperationObject['responses'] {
  const codes = [...(route.problems ?? []), ...EVERY_ROUTE];
  if (route.body) codes.push(...WRITING_ROUTES);
  if (route.method !== 'get') codes.push(...WRITE_ROUTES);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes)
    byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, listed]) => [
      String(status) as `${number}`,
      {
        description: listed.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}
