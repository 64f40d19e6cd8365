/** The activity `enrollInWorkflow`: lets the contact into another workflow, once per visit. */
import { admitEnrollment } from '../src/db/admission';
import type { Tx } from '../src/db/client';
import type { EnrollmentFacts } from '../src/db/facts';
import { getWorkflow } from '../src/db/workflows';
import { fail } from '../src/errors';
import { type EntryTemplates, renderEntry } from '../src/journey/enroll-fields';
import type { Evaluators } from '../src/journey/facts';
import type { EnrollResult } from '../src/journey/runtime';
import type { EffectActivities } from './contract';
import type { FactDeps } from './deps';
import { guarded } from './failure';
import { changeOnce } from './own-effect';

export function createEnrollInWorkflow(deps: FactDeps): EffectActivities['enrollInWorkflow'] {
  return guarded(
    'enrollInWorkflow',
    async (input) => {
      const result = await changeOnce(deps, input, async (tx, { config }, loaded) => {
        return { ...(await enroll(tx, config as EntryTemplates, loaded, deps.evaluators)) };
      });
      return 'stopped' in result
        ? { outcome: 'blocked', reason: result.stopped }
        : (result.done as unknown as EnrollResult);
    },
    deps.log,
  );
}

async function enroll(
  tx: Tx,
  config: EntryTemplates,
  { enrollment: { id, depth, contactId }, facts }: EnrollmentFacts,
  evaluators: Evaluators,
): Promise<EnrollResult> {
  const target = await getWorkflow(tx, config.workflow);
  if (target === null)
    throw fail('workflow.not_found', `There is no workflow "${config.workflow}".`);
  const entry = await renderEntry(config, facts, evaluators);
  const admitted = await admitEnrollment(tx, {
    ...{ workflowId: target.id, contactId, ...entry },
    enrolledBy: { id, depth },
    at: new Date(facts.at),
    judge: evaluators.condition,
  });
  return 'blocked' in admitted
    ? { outcome: 'blocked', reason: admitted.blocked }
    : { outcome: 'enrolled', enrollmentId: admitted.enrollment.id };
}
