/** Addresses that nothing is sent to any more. */
import type { Transport } from './transport';
import type { List, Page, Suppression, SuppressionInput } from './types';

export function suppressionCalls(call: Transport) {
  const at = (id: string) => `/suppressions/${encodeURIComponent(id)}`;
  return {
    /** Lets nothing be sent to the address any more; one that is suppressed already stays as it is. */
    add: (input: SuppressionInput) =>
      call<Suppression>({ method: 'POST', path: '/suppressions', body: input }),
    get: (id: string) => call<Suppression>({ method: 'GET', path: at(id) }),
    /** The newest first; or that of one address. */
    list: (query: Page & { address?: string; reason?: Suppression['reason'] } = {}) =>
      call<List<Suppression>>({ method: 'GET', path: '/suppressions', query: { ...query } }),
    /** Lets the address be written to again; returns what held until now. */
    remove: (id: string) => call<Suppression>({ method: 'DELETE', path: at(id) }),
  };
}
