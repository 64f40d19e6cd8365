import type { LookUpAnswer } from './email';

const LOOK_UP_MS = 2_000;

/**
 * Asks a mail server's web address for a mail by its Message-ID: 200 is accepted, 404 absent, anything
 * else unknown. Never rejects.
 */
export function createMailLookUp(url: string): (messageId: string) => Promise<LookUpAnswer> {
  const base = url.replace(/\/+$/, '');
  return async (messageId) => {
    try {
      const signal = AbortSignal.timeout(LOOK_UP_MS);
      const response = await fetch(`${base}/${encodeURIComponent(messageId)}`, {
        signal,
        redirect: 'manual',
      });
      await response.body?.cancel();
      if (response.status === 200) return 'accepted';
      return response.status === 404 ? 'absent' : 'unknown';
    } catch {
      return 'unknown';
    }
  };
}
