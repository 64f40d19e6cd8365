/** `retryConfig` of other tools, as `retry`. Its numbers are milliseconds. */
import type { Notes } from '../notes';
import { object, scalar, type Written, type WrittenObject } from '../written';
import { lowerText, objectAt, put, rename, take } from '../written-fields';

/** Reads a node's `retryConfig`, if it has one. */
export function normalizeRetry(node: WrittenObject, notes: Notes): void {
  rename(node, 'retryConfig', 'retry', notes);
  const retry = objectAt(node, 'retry');
  if (retry === undefined) return;
  rename(retry, 'backoffStrategy', 'backoff', notes);
  readDelay(retry, notes);
  const enabled = take(retry, 'enabled');
  if (enabled?.kind === 'scalar' && enabled.value === false) {
    node.fields.set('retry', object(retry.place, [['maxAttempts', scalar(enabled.place, 1)]]));
  } else if (enabled !== undefined && !(enabled.kind === 'scalar' && enabled.value === true)) {
    notes.error('wrong_type', enabled.place, 'Expected true or false.');
  }
}

function readDelay(retry: WrittenObject, notes: Notes): void {
  retry.alsoKnown.add('retryDelay').add('enabled');
  const delay = take(retry, 'retryDelay');
  if (delay === undefined) return;
  if (delay.kind !== 'object') {
    put(retry, 'initialInterval', milliseconds(delay));
    return;
  }
  put(retry, 'initialInterval', milliseconds(take(delay, 'initial')));
  put(retry, 'maxInterval', milliseconds(take(delay, 'max')));
  readMultiplier(retry, take(delay, 'multiplier'), notes);
  for (const [name, field] of delay.fields) {
    notes.unknownField(field.place, name, ['initial', 'max', 'multiplier']);
  }
}

/** A number as a duration; a text says its unit itself. */
function milliseconds(written: Written | undefined): Written | undefined {
  if (written?.kind !== 'scalar' || typeof written.value !== 'number') return written;
  return scalar(written.place, `${written.value}ms`);
}

/** Pauses double, or stay as they are; another factor cannot be kept and is not dropped in silence. */
function readMultiplier(retry: WrittenObject, written: Written | undefined, notes: Notes): void {
  if (written === undefined) return;
  const factor = written.kind === 'scalar' ? written.value : null;
  const backoff = lowerText(retry.fields.get('backoff')) ?? 'exponential';
  if (backoff !== 'exponential' || factor === 2) return;
  if (factor === 1) {
    retry.fields.set('backoff', scalar(written.place, 'fixed'));
  } else if (typeof factor === 'number' && factor > 1) {
    const message = 'Pauses of the exponential strategy double; another multiplier is read as 2.';
    notes.warn('ignored_field', written.place, message);
  } else {
    notes.error('wrong_value', written.place, 'A multiplier is a number, 1 or more.');
  }
}
