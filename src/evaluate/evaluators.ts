import { createHash } from 'node:crypto';
import type { Condition } from '../journey/condition';
import type { Evaluators, Facts, Verdict } from '../journey/facts';
import type { Instant } from '../journey/json';
import { calendarOf } from './calendar';
import { renderEmail } from './email';
import { judgeEvent, judgeStep } from './events';
import { judgeGroup, judgeSync } from './groups';
import { judgeLeaf, zoneOfWindow } from './leaves';
import { renderValue } from './liquid';
import { filterScope, type Scope, scopeOf, templateView } from './scope';
import { type ChosenZone, chooseZone, instantOf, nextLocalTime, windowAt } from './zone';

/**
 * Conditions, filters and values, as activities and the simulator alike judge and render them.
 * Verdicts quote personal data, so their reasons belong into PostgreSQL and not into a history.
 * `value` rejects with a TemplateError for a template that cannot be rendered.
 */
export function createEvaluators(): Evaluators {
  return {
    condition: (group, facts) => {
      const scope = scopeOf(facts);
      return judgeGroup(group, (condition) => judgeAboutEnrollment(condition, facts, scope));
    },
    filter: (group, event, facts) => judgeSync(group, filterScope(event, facts)),
    value: async (template, facts) => {
      const scope = scopeOf(facts);
      return renderValue(template, { view: templateView(scope), at: scope.at, zone: scope.zone });
    },
    email: (templates, facts) => renderEmail(templates, facts, { unsubscribe_url: UNSUBSCRIBE }),
    instant: (value, facts, zone) =>
      typeof value === 'number' ? inRange(value) : instantOf(value, zoneFor(facts, zone).zone),
    localTime: ({ time, days, timeZone }, from, facts) =>
      nextLocalTime(time, days, zoneFor(facts, timeZone).zone, from),
    zoneNote: (facts, zone) => zoneFor(facts, zone).note,
    calendar: (facts, zone) => calendarOf(zoneFor(facts, zone).zone),
    window: (window, at, facts) => {
      const { zone, note } = zoneOfWindow(window, facts);
      return { ...windowAt(window, zone, at), ...(note === undefined ? {} : { note }) };
    },
    fraction,
  };
}

/** Stands where a real mail has a link of its own. */
const UNSUBSCRIBE = 'https://example.com/unsubscribe';

const FURTHEST = 8_640_000_000_000_000;

/** A number that is an instant: whole milliseconds that a calendar can tell. */
function inRange(value: number): Instant | null {
  return Number.isInteger(value) && Math.abs(value) <= FURTHEST ? value : null;
}

/** Her zone, or the one given: a node's comes first, then hers, the journey's, the workspace's. */
function zoneFor({ contact, timeZone, workspace }: Facts, given?: string): ChosenZone {
  return chooseZone([given, contact.timeZone, timeZone, workspace.timeZone]);
}

const BYTES = 6;

/** Six bytes of a hash are as fine as a double needs: every person's place among variants. */
function fraction(text: string): number {
  const bytes = createHash('sha256').update(text).digest();
  return bytes.readUIntBE(0, BYTES) / 2 ** (8 * BYTES);
}

async function judgeAboutEnrollment(
  condition: Condition,
  facts: Facts,
  scope: Scope,
): Promise<Verdict> {
  if (condition.type === 'event') return judgeEvent(condition, facts, scope);
  if (condition.type === 'step') return judgeStep(condition, facts);
  return judgeLeaf(condition, scope);
}
