import { z } from 'zod';
import { savedVariables, saveField } from '../call-answer';
import { renderCredentials } from '../call-credentials';
import {
  BODILESS,
  callBody,
  callHeaders,
  callUrl,
  hasFittingBody,
  onUnknownCall,
  requestMethod,
} from '../call-fields';
import { doubtOfCall, outcomeOfCall } from '../call-outcome';
import { previewOfCall, renderCall } from '../call-render';
import { defineNodeType } from '../node-type';
import { templatesIn } from '../value';

const credential = z.string().min(1).max(4_000);

const auth = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('bearer').describe('A token in `Authorization`.'),
      token: credential.describe('The token, as a Liquid template.'),
    }),
    z.strictObject({
      type: z.literal('basic').describe('A name and a password in `Authorization`.'),
      username: credential.describe('The user name, as a Liquid template.'),
      password: z.string().max(4_000).describe('The password, as a Liquid template.'),
    }),
    z.strictObject({
      type: z.literal('header').describe('A header of any name.'),
      name: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,100}$/)
        .describe('The name of the header, such as `X-Api-Key`.'),
      value: credential.describe('Its value, as a Liquid template.'),
    }),
  ])
  .describe(
    'Credentials: `bearer` with a token, `basic` with user name and password, or a `header` of any name. They are not stored with the call.',
  );

const config = z
  .strictObject({
    url: callUrl,
    method: requestMethod
      .optional()
      .describe('The method; GET when absent, or POST where there is a body.'),
    headers: callHeaders.optional(),
    body: callBody.optional(),
    auth: auth.optional(),
    save: saveField.optional(),
    onUnknown: onUnknownCall,
  })
  .refine(hasFittingBody, BODILESS);

/** The method that a configuration means. */
export function methodOf({
  method,
  body,
}: {
  readonly method?: string | undefined;
  readonly body?: unknown;
}): string {
  return method ?? (body === undefined ? 'GET' : 'POST');
}

export const httpRequest = defineNodeType({
  type: 'http_request',
  kind: 'effect',
  summary: 'Asks another system over HTTP and keeps what it answers.',
  description:
    'Only an answer of 2xx counts; parts of it become variables, in the transaction that records the call. A POST or PATCH carries the same `Idempotency-Key` in every attempt, so that a repetition after a lost answer changes nothing at receivers that know the header.',
  config,
  ports: ['next'],
  examples: [
    {
      title: 'Look a customer up',
      data: {
        url: 'https://api.example.com/customers/{{ contact.email | url_encode }}',
        auth: { type: 'bearer', token: '{{ workspace.api_token }}' },
        save: { plan: 'plan.name', seats: 'seats[0].count' },
      },
      takes: 'next',
    },
    {
      title: 'Create a coupon',
      data: {
        url: 'https://shop.example.com/coupons',
        body: { percent: 10, customer: '{{ contact.id }}' },
        save: { coupon: 'code' },
      },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  waiting: () => ({ until: null, for: 'answer' }),
  label: (_config, name) => `Ask "${name}"`,
  async dryRun(config, facts, evaluators, mocked = null) {
    const call = await renderCall({ ...config, method: methodOf(config) }, facts, evaluators);
    const answer = { status: 200, headers: {}, body: mocked };
    const credentials = config.auth
      ? await renderCredentials(config.auth, facts, evaluators, () => '')
      : {};
    const headers = { ...call.headers, ...credentials };
    return previewOfCall('http_request', { ...call, headers }, savedVariables(config.save, answer));
  },
  inDoubt: (config, code) => doubtOfCall({ ...config, method: methodOf(config) }, code),
  async run(_config, context) {
    return outcomeOfCall(await context.perform('httpRequest', {}));
  },
});
