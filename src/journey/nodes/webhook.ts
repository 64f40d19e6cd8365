import { z } from 'zod';
import {
  BODILESS,
  callBody,
  callHeaders,
  callUrl,
  hasFittingBody,
  onUnknownCall,
  webhookMethod,
} from '../call-fields';
import { doubtOfCall, outcomeOfCall } from '../call-outcome';
import { previewOfCall, renderCall, renderText } from '../call-render';
import { EvaluationFailed } from '../facts';
import { defineNodeType } from '../node-type';
import { isLiquid, templatesIn } from '../value';

const SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

const NO_SECRET =
  'A secret is "whsec_" and 24 to 64 random bytes in base64, such as: openssl rand -base64 32.';

const secret = z
  .string()
  .max(1_000)
  .refine((text) => isLiquid(text) || text.trim().split(/\s+/).every(isSecret), {
    message: NO_SECRET,
  })
  .describe(
    'Signs the call as Standard Webhooks specifies: `whsec_` and 24 to 64 bytes in base64. Two, separated by a blank, while the receiver changes from one to the other.',
  );

function isSecret(text: string): boolean {
  return SECRET.test(text);
}

function checkSecret(rendered: string): void {
  if (rendered.trim().split(/\s+/).every(isSecret)) return;
  throw new EvaluationFailed('webhook.bad_secret', NO_SECRET);
}

export const webhook = defineNodeType({
  type: 'webhook',
  kind: 'effect',
  summary: 'Tells another system by a call over HTTP.',
  description:
    'The header `webhook-id` is the same for every attempt, so a receiver knows a repetition by it; with a secret the call is signed as Standard Webhooks specifies. Only an answer of 2xx counts as taken. Without a body the contact, the triggering event and the enrollment are sent as JSON.',
  config: z
    .strictObject({
      url: callUrl,
      method: webhookMethod.default('POST').describe('The method.'),
      headers: callHeaders.optional(),
      body: callBody.optional(),
      secret: secret.optional(),
      onUnknown: onUnknownCall,
    })
    .refine(hasFittingBody, BODILESS),
  ports: ['next'],
  examples: [
    {
      title: 'Tell the CRM, signed',
      data: {
        url: 'https://crm.example.com/hooks/journeys',
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      },
      takes: 'next',
    },
    {
      title: 'A body of its own',
      data: {
        url: 'https://crm.example.com/contacts/{{ contact.id }}',
        method: 'PUT',
        body: { email: '{{ contact.email }}', plan: '{{ contact.plan }}' },
      },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  waiting: () => ({ until: null, for: 'webhook' }),
  label: (_config, name) => `Call "${name}"`,
  async dryRun(config, facts, evaluators) {
    const call = await renderCall(config, facts, evaluators);
    if (config.secret !== undefined)
      checkSecret(await renderText(config.secret, facts, evaluators));
    return previewOfCall('webhook', call);
  },
  inDoubt: doubtOfCall,
  async run(_config, context) {
    return outcomeOfCall(await context.perform('webhook', {}));
  },
});
