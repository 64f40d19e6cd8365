/** The activity `httpRequest`: asks another system and keeps parts of its answer as variables. */
import type { HttpAnswer } from '../src/channels/http-call';
import { HttpError } from '../src/channels/http-error';
import { type CallAnswer, readsBody, type Save, savedVariables } from '../src/journey/call-answer';
import { isSafeToRepeat } from '../src/journey/call-outcome';
import { type Credentials, renderCredentials } from '../src/journey/call-credentials';
import { type CallTemplates, renderCall } from '../src/journey/call-render';
import type { Facts } from '../src/journey/facts';
import type { Json } from '../src/journey/json';
import { methodOf } from '../src/journey/nodes/http-request';
import type { FactWrite } from '../src/journey/writes';
import type { Call } from './call-claim';
import { type CallDeps, callOf, currentAttempt } from './call-deps';
import { composeCall, type ComposedCall } from './call-request';
import type { EffectActivities } from './contract';
import { guarded } from './failure';
import { performCall } from './perform-call';
import { retrying } from './retrying';

/** The settings of an `http_request` node, as its published version stores them. */
interface HttpRequestConfig extends Omit<CallTemplates, 'method'> {
  readonly method?: string | undefined;
  readonly auth?: Credentials | undefined;
  readonly save?: Save | undefined;
  readonly onUnknown: 'resend' | 'fail';
}

const MAX_RESPONSE_BYTES = 262_144;

export function createHttpRequest(deps: CallDeps): EffectActivities['httpRequest'] {
  return guarded(
    'httpRequest',
    async (input) => {
      const { number, timeoutMs } = currentAttempt(deps);
      const parts = await callOf(deps, input);
      const config = parts.config as HttpRequestConfig;
      const method = methodOf(config);
      const { onUnknown, save } = config;
      const compose = (facts: Facts) => composeRequest({ ...config, method }, facts, parts);
      const call: Call = { ...parts, kind: 'http_request', method, onUnknown, compose };
      const limits = { timeoutMs, maxResponseBytes: MAX_RESPONSE_BYTES };
      const read = (answer: HttpAnswer) => keptOf(save, answer);
      return retrying(call.retry, number, () => performCall(deps, call, limits, read));
    },
    deps.log,
  );
}

async function composeRequest(
  config: HttpRequestConfig & CallTemplates,
  facts: Facts,
  { effectKey, evaluators }: Pick<Call, 'effectKey' | 'evaluators'>,
): Promise<ComposedCall> {
  const { stored, headers } = composeCall(await renderCall(config, facts, evaluators));
  const key = isSafeToRepeat(stored.method) ? {} : { 'idempotency-key': effectKey };
  const credentials = config.auth
    ? await renderCredentials(config.auth, facts, evaluators, base64)
    : {};
  return { stored, headers: { ...key, ...lower(headers), ...lower(credentials) } };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Throws HttpError for a body that is not whole, EvaluationFailed for one that is too large to keep. */
function keptOf(save: Save | undefined, answer: HttpAnswer): readonly FactWrite[] {
  const { status, headers, cut } = answer;
  if (cut !== null && readsBody(save)) {
    const kind = cut === 'http.too_large' ? 'refused_permanent' : 'ambiguous';
    throw new HttpError(kind, cut, 'The answer is not whole, and a part of it is to be kept.', {
      answer,
    });
  }
  const read: CallAnswer = { status, headers, body: bodyOf(answer) };
  return savedVariables(save, read);
}

/** JSON where it is JSON; a text such as `5` only where the receiver says that it is JSON. */
function bodyOf({ headers, body }: HttpAnswer): Json {
  const isDeclared = /[/+]json\b/i.test(headers['content-type'] ?? '');
  if (!isDeclared && !/^\s*[[{]/.test(body)) return body;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}
