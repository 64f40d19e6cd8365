/** Goals as other tools write them: `conditions`, `onAchievement` and where it leads. */
import type { Notes } from '../notes';
import { object, type Written, type WrittenObject } from '../written';
import { lowerText, objectAt, putValue, rename, take, takeFirst } from '../written-fields';
import { isEmptyGroup } from './conditions';

const TARGETS = ['goTo', 'gotoNodeId', 'goToNodeId'];

/** Brings every goal to the canonical fields. `staysOnAchievement` is what enrollment settings say. */
export function normalizeGoals(
  root: WrittenObject,
  staysOnAchievement: Written | undefined,
  notes: Notes,
): void {
  const goals = root.fields.get('goals');
  if (goals?.kind !== 'list') return;
  for (const goal of goals.items) {
    if (goal.kind !== 'object') continue;
    rename(goal, 'conditions', 'condition', notes);
    const condition = goal.fields.get('condition');
    if (condition !== undefined && isEmptyGroup(condition)) goal.fields.delete('condition');
    readAchievement(goal, notes);
    if (staysOnAchievement !== undefined && !goal.fields.has('onAchieved')) {
      putValue(goal, 'onAchieved', staysOnAchievement.place, 'continue');
    }
  }
}

function readAchievement(goal: WrittenObject, notes: Notes): void {
  rename(goal, 'onAchievement', 'onAchieved', notes);
  const spelt = goal.fields.get('onAchieved');
  const action = lowerText(spelt)?.replace('_', '');
  if (spelt !== undefined && action === 'goto') {
    const target = takeFirst(goal, TARGETS);
    const way = object(spelt.place, [['goTo', target]]);
    way.called.set('goTo', { above: goal.place, key: 'goTo' });
    goal.fields.set('onAchieved', way);
    return;
  }
  const inner = objectAt(goal, 'onAchieved');
  if (inner !== undefined) for (const name of TARGETS.slice(1)) rename(inner, name, 'goTo', notes);
  // A target beside an achievement that goes nowhere: forms keep the empty field of the other choice.
  for (const name of TARGETS) {
    const target = goal.fields.get(name);
    if (target?.kind === 'scalar' && (target.value === null || target.value === ''))
      take(goal, name);
  }
  if (spelt === undefined && TARGETS.some((name) => goal.fields.has(name))) {
    const target = takeFirst(goal, TARGETS);
    if (target !== undefined)
      goal.fields.set('onAchieved', object(target.place, [['goTo', target]]));
  }
}
