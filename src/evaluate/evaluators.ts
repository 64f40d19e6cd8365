import type { Condition } from '../journey/condition';
import type { Evaluators, Facts, Verdict } from '../journey/facts';
import { judgeEvent, judgeStep } from './events';
import { judgeGroup, judgeSync } from './groups';
import { judgeLeaf } from './leaves';
import { renderValue } from './liquid';
import { filterScope, type Scope, scopeOf, templateView } from './scope';

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
  };
}

async function judgeAboutEnrollment(
  condition: Condition,
  facts: Facts,
  scope: Scope,
): Promise<Verdict> {
  if (condition.type === 'event') return judgeEvent(condition, facts, scope);
  if (condition.type === 'step') return judgeStep(condition, facts);
  if (condition.type === 'segment')
    return { value: false, reason: 'the segments and lists of the contact are not known here' };
  return judgeLeaf(condition, scope);
}
