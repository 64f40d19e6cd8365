/** The activity `webhook`: tells another system, signed where the node has a secret. */
import { signWebhook, WebhookSecretError } from '../src/channels/webhook-signature';
import { type CallTemplates, renderCall, renderText } from '../src/journey/call-render';
import { EvaluationFailed, type Facts } from '../src/journey/facts';
import type { Json } from '../src/journey/json';
import type { Call } from './call-claim';
import { type CallDeps, callOf, currentAttempt } from './call-deps';
import { composeCall, type ComposedCall } from './call-request';
import type { EffectActivities } from './contract';
import { guarded } from './failure';
import { performCall } from './perform-call';
import { retrying } from './retrying';

/** The settings of a `webhook` node, as its published version stores them. */
interface WebhookConfig extends CallTemplates {
  readonly secret?: string | undefined;
  readonly onUnknown: 'resend' | 'fail';
}

const MAX_RESPONSE_BYTES = 65_536;

export function createWebhook(deps: CallDeps): EffectActivities['webhook'] {
  return guarded(
    'webhook',
    async (input) => {
      const { number, timeoutMs } = currentAttempt(deps);
      const parts = await callOf(deps, input);
      const config = parts.config as WebhookConfig;
      const { method, onUnknown } = config;
      const compose = (facts: Facts) => composeWebhook(config, facts, parts);
      const call: Call = { ...parts, kind: 'webhook', method, onUnknown, compose };
      const limits = { timeoutMs, maxResponseBytes: MAX_RESPONSE_BYTES };
      return retrying(call.retry, number, () => performCall(deps, call, limits, () => []));
    },
    deps.log,
  );
}

async function composeWebhook(
  config: WebhookConfig,
  facts: Facts,
  { effectKey, evaluators }: Pick<Call, 'effectKey' | 'evaluators'>,
): Promise<ComposedCall> {
  const { body, ...rendered } = await renderCall(config, facts, evaluators);
  const sent = body ?? (config.method === 'GET' ? undefined : defaultBody(facts));
  const { stored, headers } = composeCall({
    ...rendered,
    ...(sent === undefined ? {} : { body: sent }),
  });
  const secret =
    config.secret === undefined ? null : await renderText(config.secret, facts, evaluators);
  return { stored, headers: { ...headers, ...identified(effectKey, stored.body ?? '', secret) } };
}

/** The timestamp is of this attempt: receivers refuse what was signed too long ago. */
function identified(id: string, body: string, secret: string | null): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1_000);
  if (secret === null) return { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  try {
    return { ...signWebhook({ id, timestamp, body, secret }) };
  } catch (error) {
    if (!(error instanceof WebhookSecretError)) throw error;
    throw new EvaluationFailed('webhook.bad_secret', error.message);
  }
}

/** What is sent when the node names no body, in the shape that Standard Webhooks recommends. */
function defaultBody({ at, contact, trigger, variables, enrollment }: Facts): Json {
  const { id, externalId, email, phone, firstName, lastName, timeZone } = contact;
  const { attributes, tags, score } = contact;
  const { workflowKey, version } = enrollment;
  return {
    type: 'workflow.webhook',
    timestamp: new Date(at).toISOString(),
    data: {
      contact: {
        ...{ id, externalId, email, phone, firstName, lastName, timeZone },
        ...{ attributes, tags, score },
      },
      event: trigger && {
        type: trigger.type,
        occurredAt: new Date(trigger.occurredAt).toISOString(),
        properties: trigger.properties,
      },
      enrollment: { id: enrollment.id, workflowKey, version },
      variables,
    },
  };
}
