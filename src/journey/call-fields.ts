/** Fields that all nodes share which call an address over HTTP. */
import { z } from 'zod';
import { json } from './json-value';

const LONGEST_TEXT = 100_000;

/** Written in any case. */
function method<const M extends readonly [string, ...string[]]>(methods: M) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.toUpperCase() : value),
    z.enum(methods),
  );
}

export const webhookMethod = method(['POST', 'PUT', 'PATCH', 'DELETE', 'GET']);
export const requestMethod = method(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** The address. What it is rendered to is checked again before anything is connected. */
export const callUrl = z
  .string()
  .max(8_000)
  .regex(
    /^\s*(?:https?:\/\/.|\{[{%])/i,
    'Expected an address that begins with https:// or http://.',
  )
  .refine(
    (text) => !/^https?:\/\/[^/?#{]*@/i.test(text),
    'A user name or password cannot be part of the address. Put it into "auth" or "headers".',
  )
  .describe(
    'The address, as a Liquid template; write `{{ value | url_encode }}` for values inside it. Only public addresses are called, and redirects are not followed.',
  );

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const SET_BY_US =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|accept-encoding|proxy-.*|webhook-.*)$/i;

const headerName = z
  .string()
  .regex(TOKEN, 'A header name is letters, digits and "-".')
  .refine((name) => !SET_BY_US.test(name), 'This header is set by Throughline. Leave it out.');

export const callHeaders = z
  .record(headerName, z.string().max(8_000))
  .refine((headers) => Object.keys(headers).length <= 50, { message: 'At most 50 headers.' })
  .describe('Headers by name; values are Liquid templates. They are not stored with the call.');

export const callBody = z
  .union([z.string().max(LONGEST_TEXT), json])
  .describe(
    'The body: an object or list is sent as JSON (as a form with that content type), its texts being Liquid templates; a text is sent as it is rendered.',
  );

export const onUnknownCall = z
  .enum(['resend', 'fail'])
  .default('resend')
  .describe(
    'What to do when nobody can say whether the receiver took the call: `resend` makes it again under the same id, which receivers know repetitions by; `fail` takes the `error` port. GET, HEAD, PUT and DELETE are always made again.',
  );

/** The rule that a method without a body has none. */
export const BODILESS = {
  message: 'A GET or HEAD has no body. Leave "body" out, or name another method.',
  path: ['body'],
};

/** Whether a configuration breaks that rule. */
export function hasFittingBody(config: {
  readonly method?: string | undefined;
  readonly body?: unknown;
}): boolean {
  return config.body === undefined || (config.method !== 'GET' && config.method !== 'HEAD');
}
