/** API keys. A key gives, takes over and revokes only what it may do itself. */
import type { Transport } from './transport';
import type { ApiKey, ApiKeyInput, ApiKeyRotation, List, NewApiKey, Page } from './types';

export function keyCalls(call: Transport) {
  const at = (id: string) => `/api-keys/${encodeURIComponent(id)}`;
  return {
    /** Makes a key. Its `key` is in this answer and nowhere else; null where an earlier try of the call has made it. */
    create: (input: ApiKeyInput) =>
      call<NewApiKey>({ method: 'POST', path: '/api-keys', body: input }),
    get: (id: string) => call<ApiKey>({ method: 'GET', path: at(id) }),
    /** The newest first, those that have ended included. */
    list: (page: Page = {}) =>
      call<List<ApiKey>>({ method: 'GET', path: '/api-keys', query: { ...page } }),
    /** Puts a new key in the place of one, which stays in force for a day unless told. */
    rotate: (id: string, input: ApiKeyRotation = {}) =>
      call<NewApiKey>({ method: 'POST', path: `${at(id)}/rotate`, body: input }),
    /** Ends a key at once. */
    revoke: (id: string) => call<ApiKey>({ method: 'DELETE', path: at(id) }),
  };
}
