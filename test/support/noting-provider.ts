import type { EmailChannel, EmailMessage } from '../../src/channels/email';

const accepts: EmailChannel['send'] = async () => ({ response: '250 ok' });

/** A mail provider that notes what it is handed, and answers what it is told; it cannot be asked unless told. */
export function notingProvider(
  send: EmailChannel['send'] = accepts,
  more: Pick<EmailChannel, 'lookUp'> = {},
) {
  const sent: EmailMessage[] = [];
  const provider: EmailChannel = {
    provider: 'test',
    send: async (message, timeoutMs) => {
      sent.push(message);
      return send(message, timeoutMs);
    },
    close: () => undefined,
    ...more,
  };
  return { sent, provider };
}
