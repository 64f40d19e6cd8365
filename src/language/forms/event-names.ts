/** Event names, wherever a definition names an event. */
import { knownEvent, nearEvent } from '../event-catalogue';
import type { Notes } from '../notes';
import { scalar, type Written, type WrittenObject } from '../written';

/** An event name in its canonical spelling. A custom name near a known one is worth a warning. */
export function eventName(written: Written, notes: Notes): Written {
  if (written.kind !== 'scalar' || typeof written.value !== 'string') return written;
  const name = written.value;
  const known = knownEvent(name);
  if (known !== null) return scalar(written.place, known);
  if (notes.comparisons === 0) return written;
  notes.comparisons -= 1;
  const near = nearEvent(name);
  if (near !== null) {
    const message = `"${name}" is no event that Throughline knows, so it is taken as your own. Did you mean "${near}"?`;
    notes.warn('unknown_event', written.place, message, { suggestion: near });
  }
  return written;
}

/** The same for a field of an object. */
export function nameEvent(holder: WrittenObject, field: string, notes: Notes): void {
  const written = holder.fields.get(field);
  if (written !== undefined) holder.fields.set(field, eventName(written, notes));
}
