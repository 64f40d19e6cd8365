/** Dry runs: a definition on virtual time, without side effects. */
import type { Transport } from './transport';
import type { DryRun, DryRunInput, ImportInput } from './types';

export function trialCalls(call: Transport) {
  return {
    /** What would happen in the draft to somebody, with a script of events; nothing does. */
    test: (idOrKey: string, input: DryRunInput = {}) =>
      call<DryRun>({
        method: 'POST',
        path: `/workflows/${encodeURIComponent(idOrKey)}/test`,
        body: input,
      }),
    /** The same for a definition that is not stored, an object or a text in YAML. */
    testDefinition: (definition: ImportInput, input: DryRunInput = {}) =>
      call<DryRun>({ method: 'POST', path: '/workflows/test', body: { definition, ...input } }),
  };
}
