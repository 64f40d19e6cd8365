/** `enrollmentSettings` of other tools, as `settings.enrollment` and `settings.exitWhen`. */
import type { Notes } from '../notes';
import { object, type Written, type WrittenObject } from '../written';
import { objectAt, rename, take } from '../written-fields';
import { isEmptyGroup } from './conditions';

/** Their name for each of our fields. */
const NAMES = [
  ['allowMultipleEnrollments', 'allowMultiple'],
  ['enrollmentLimit', 'limit'],
  ['enrollmentWindow', 'window'],
  ['entryConditions', 'entryWhen'],
] as const;

/**
 * Moves the fields. Answers the field that says that goals let people stay, or undefined when they
 * leave, which is the rule.
 */
export function normalizeEnrollmentSettings(
  root: WrittenObject,
  notes: Notes,
): Written | undefined {
  for (const holder of [root, objectAt(root, 'settings')]) {
    if (holder === undefined) continue;
    holder.alsoKnown.add('enrollmentSettings');
    const given = objectAt(holder, 'enrollmentSettings');
    if (given !== undefined) {
      holder.fields.delete('enrollmentSettings');
      return moved(root, given, notes);
    }
  }
  return undefined;
}

function moved(root: WrittenObject, given: WrittenObject, notes: Notes): Written | undefined {
  const settings = objectAt(root, 'settings') ?? object(given.place);
  root.fields.set('settings', settings);
  for (const [theirs, ours] of NAMES) rename(given, theirs, ours, notes);
  dropEmptyGroup(given, 'entryWhen');
  dropEmptyGroup(given, 'exitConditions');
  given.alsoKnown.add('exitConditions').add('removeOnGoalAchievement');
  const leaves = take(given, 'removeOnGoalAchievement');
  const exit = take(given, 'exitConditions');
  if (exit !== undefined) merge(settings, object(exit.place, [['exitWhen', exit]]), notes, '');
  const enrollment = objectAt(settings, 'enrollment');
  if (enrollment === undefined) settings.fields.set('enrollment', given);
  else merge(enrollment, given, notes, 'enrollment.');
  return leaves === undefined || isNot(leaves, false, notes) ? undefined : leaves;
}

function merge(into: WrittenObject, from: WrittenObject, notes: Notes, prefix: string): void {
  for (const [name, field] of from.fields) {
    if (into.fields.has(name)) {
      const message = `"settings.${prefix}${name}" is given too. Give one of them.`;
      notes.error('wrong_value', field.place, message);
    } else into.fields.set(name, field);
  }
}

/** A group of no conditions holds for everybody: as an exit it would let nobody in. */
function dropEmptyGroup(holder: WrittenObject, name: string): void {
  const group = holder.fields.get(name);
  if (group !== undefined && isEmptyGroup(group)) holder.fields.delete(name);
}

function isNot(written: Written, wanted: boolean, notes: Notes): boolean {
  if (written.kind !== 'scalar' || typeof written.value !== 'boolean') {
    notes.error('wrong_type', written.place, 'Expected true or false.');
    return true;
  }
  return written.value !== wanted;
}
