/** Signatures of outgoing webhooks, as Standard Webhooks 1.0.0 specifies them (symmetric, `v1`). */
import { createHmac } from 'node:crypto';

export interface SignedWebhook {
  /** The same for every attempt, so that a receiver knows a repetition. Without dots. */
  readonly id: string;
  /** Seconds since the epoch at which this attempt is made. */
  readonly timestamp: number;
  /** Exactly what is sent. */
  readonly body: string;
  /** `whsec_…`, or several separated by blanks while a receiver changes from one to the next. */
  readonly secret: string;
}

export type WebhookHeaders = Readonly<
  Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>
>;

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** A secret that signs nothing safely. Its message does not repeat the secret. */
export class WebhookSecretError extends Error {
  override readonly name = 'WebhookSecretError';
}

/** The three headers of a signed webhook. Throws WebhookSecretError. */
export function signWebhook({ id, timestamp, body, secret }: SignedWebhook): WebhookHeaders {
  if (id.includes('.')) throw new Error(`The webhook id "${id}" holds a dot, which separates.`);
  const signatures = secret
    .trim()
    .split(/\s+/)
    .map((each) => {
      const hmac = createHmac('sha256', keyOf(each));
      return `v1,${hmac.update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}

function keyOf(secret: string): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  if (key.length >= LEAST_BYTES && key.length <= MOST_BYTES) return key;
  throw new WebhookSecretError(
    `A webhook secret is "${PREFIX}" and ${LEAST_BYTES} to ${MOST_BYTES} random bytes in base64, such as: openssl rand -base64 32.`,
  );
}
