/** Variables of the workspace, which every template and condition sees. */
import type { Transport } from './transport';
import type { List, Page, Variable } from './types';

export function variableCalls(call: Transport) {
  const at = (name: string) => `/variables/${encodeURIComponent(name)}`;
  return {
    /** Makes a variable, or gives the one of this name another value. */
    set: (name: string, value: Variable['value']) =>
      call<Variable>({ method: 'POST', path: '/variables', body: { name, value } }),
    get: (name: string) => call<Variable>({ method: 'GET', path: at(name) }),
    /** By their names. */
    list: (page: Page = {}) =>
      call<List<Variable>>({ method: 'GET', path: '/variables', query: { ...page } }),
    /** Takes it away; returns what it was. */
    remove: (name: string) => call<Variable>({ method: 'DELETE', path: at(name) }),
  };
}
