/** What is true at the door of a workflow, where `entryWhen` is judged: nothing has happened inside yet. */
import type { Facts } from './facts';

export type EntryFacts = Pick<
  Facts,
  'at' | 'contact' | 'variables' | 'trigger' | 'timeZone' | 'workspace' | 'findEvents'
> & {
  /** The enrollment that there will be. */
  readonly enrollment: Omit<Facts['enrollment'], 'startedAt'>;
};

/** Facts about somebody who is about to enter. */
export function factsAtEntry({ enrollment, ...known }: EntryFacts): Facts {
  return {
    ...known,
    enrollment: { ...enrollment, startedAt: known.at },
    lastVisit: async () => null,
    assignment: async () => null,
    suppression: async () => null,
    template: async () => null,
    chosen: {},
  };
}
