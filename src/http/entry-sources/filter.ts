import { z } from 'zod';
import {
  type Condition,
  conditionGroup,
  type ConditionGroup,
  isGroup,
} from '../../journey/condition';
import { entrySource } from './source';

/** What exists only once somebody is inside. */
const INSIDE = /^(?:variables|event|enrollment)\./;

type Entry = ConditionGroup | Condition;
type Path = readonly (string | number)[];

/** What a condition asks that nobody can answer who has not entered yet; null when it can be asked. */
function askedTooEarly(condition: Condition): string | null {
  if (condition.type === 'step')
    return 'Nobody has taken a step yet: ask about the contact, or about events.';
  if (condition.type === 'event')
    return condition.since === 'ever'
      ? null
      : 'Nobody has entered yet: say "since": "ever", with "within" if need be.';
  if ((condition.type ?? 'field') !== 'field' || !('field' in condition)) return null;
  return INSIDE.test(condition.field)
    ? `"${condition.field}" is known only of somebody who has entered: ask about the contact.`
    : null;
}

function check(entry: Entry, path: Path, refuse: (path: Path, message: string) => void): void {
  if (isGroup(entry)) {
    for (const [index, inner] of entry.conditions.entries())
      check(inner, [...path, 'conditions', index], refuse);
    return;
  }
  const problem = askedTooEarly(entry);
  if (problem !== null) refuse(path, problem);
}

const conditions = conditionGroup.superRefine((group, context) =>
  check(group, [], (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message }),
  ),
);

const A_GROUP = { type: 'object', additionalProperties: true } as const;
const A_LIST = { type: 'array', items: A_GROUP } as const;

export const fromFilter = entrySource({
  // What a condition may say is told by docs/definition.md, and would fill pages here.
  field: z
    .custom<object>(
      (value) => typeof value === 'object' && value !== null,
      'Expected conditions: `{ operator, conditions }`, or a list of them.',
    )
    .meta({ override: { anyOf: [A_GROUP, A_LIST] } })
    .pipe(conditions as z.ZodType<ConditionGroup, object>)
    .describe(
      'Who meets these conditions, written as in definitions: `{ operator, conditions }`, or a bare list, which means AND.',
    ),
  open: async (_tx, filter) => ({ selection: { filter } }),
});
