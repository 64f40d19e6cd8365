/** Event names in the tests of a definition. */
import type { Notes } from '../notes';
import type { WrittenObject } from '../written';
import { listAt, objectAt } from '../written-fields';
import { nameEvent } from './event-names';

/** Names the events of every test's trigger and script as the catalogue does. */
export function nameTestEvents(root: WrittenObject, notes: Notes): void {
  for (const test of listAt(root, 'tests')?.items ?? []) {
    if (test.kind !== 'object') continue;
    const trigger = objectAt(test, 'trigger');
    const script = listAt(test, 'events')?.items ?? [];
    for (const entry of [trigger, ...script]) {
      if (entry?.kind === 'object') nameEvent(entry, 'type', notes);
    }
  }
}
