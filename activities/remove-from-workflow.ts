/** The activity `removeFromWorkflow`: ends the contact's open enrollments in a workflow, once per visit. */
import { cancelEnrollment } from '../src/db/cancel-enrollment';
import { openEnrollmentsIn } from '../src/db/enrollments';
import { type EntryTemplates, renderKey } from '../src/journey/enroll-fields';
import type { EffectActivities } from './contract';
import type { FactDeps } from './deps';
import { guarded } from './failure';
import { changeOnce } from './own-effect';

const REASON = 'removed';

export function createRemoveFromWorkflow(deps: FactDeps): EffectActivities['removeFromWorkflow'] {
  return guarded(
    'removeFromWorkflow',
    async (input) => {
      const result = await changeOnce(deps, input, async (tx, node, { enrollment, facts }) => {
        const { workflow, key } = node.config as EntryTemplates;
        const rendered = await renderKey(key, facts, deps.evaluators);
        const open = await openEnrollmentsIn(tx, enrollment.contactId, workflow, rendered);
        for (const { id } of open)
          await cancelEnrollment(tx, id, { reason: REASON, at: new Date(facts.at) });
        return { removed: open.length };
      });
      return { removed: 'stopped' in result ? 0 : Number(result.done['removed']) };
    },
    deps.log,
  );
}
