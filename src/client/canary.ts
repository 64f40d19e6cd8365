/** Versions that a share of new people enters by way of trial. */
import type { Transport } from './transport';
import type { Canary, CanaryChange, CanaryHalt, CanaryPromotion } from './types';

export function canaryCalls(call: Transport) {
  const at = (idOrKey: string) => `/workflows/${encodeURIComponent(idOrKey)}/canary`;
  const post = (path: string, body: object) => call<Canary>({ method: 'POST', path, body });
  return {
    /** The latest canary with its figures; `activate` with `canary` begins one. */
    canary: (idOrKey: string) => call<Canary>({ method: 'GET', path: at(idOrKey) }),
    /** Changes its share or its limits. */
    changeCanary: (idOrKey: string, body: CanaryChange) =>
      call<Canary>({ method: 'PATCH', path: at(idOrKey), body }),
    /** Lets nobody enter it any more; people inside go on. */
    haltCanary: (idOrKey: string, input: CanaryHalt = {}) => post(`${at(idOrKey)}/halt`, input),
    /** Makes it the active version. */
    promoteCanary: (idOrKey: string, input: CanaryPromotion = {}) =>
      post(`${at(idOrKey)}/promote`, input),
  };
}
