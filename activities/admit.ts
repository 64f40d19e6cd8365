/**
 * The activity `admit`: lets somebody in whom a backend has named in Temporal, by the rules of every other way in.
 *
 * 1. The admission and the memory of the order commit together: tried again, it answers what was decided.
 * 2. Ids come from outside; what is none is refused, since an error would be tried again for ever.
 */
import { admitEnrollment } from '../src/db/admission';
import type { Database, Tx } from '../src/db/client';
import { getContact } from '../src/db/contacts';
import { beginIdempotent, finishIdempotent } from '../src/db/idempotency';
import { getWorkflow } from '../src/db/workflows';
import { isUuid } from '../src/ids';
import type { Evaluators } from '../src/journey/facts';
import type { Logger } from '../src/log';
import type { EntryActivities, EntryOutcome } from './contract';
import { guarded } from './failure';

type Input = Parameters<EntryActivities['admit']>[0];

interface EntryDeps {
  readonly db: Database;
  readonly evaluators: Evaluators;
  readonly log?: Logger;
}

export function createEntryActivities({ db, evaluators, log }: EntryDeps): EntryActivities {
  const admit: EntryActivities['admit'] = async (input) =>
    isOrder(input)
      ? db.inWorkspace(input.workspaceId, (tx) => admitted(tx, input, evaluators))
      : refused('request.invalid');
  return { admit: guarded('admit', admit, log) };
}

const refused = (reason: string): EntryOutcome => ({ status: 'refused', reason });

/** A text that PostgreSQL takes. */
const isName = (value: unknown): boolean =>
  typeof value === 'string' && value.length >= 1 && value.length <= 200 && !value.includes('\0');

const isOrder = ({ workspaceId, workflow, contactId, key = 'none' }: Input): boolean =>
  isUuid(workspaceId) && isUuid(contactId) && isName(workflow) && isName(key);

async function admitted(tx: Tx, input: Input, evaluators: Evaluators): Promise<EntryOutcome> {
  const { workflow: name, contactId, key, orderId, at } = input;
  const workflow = await getWorkflow(tx, name);
  if (workflow === null) return refused('workflow.not_found');
  if ((await getContact(tx, contactId)) === null) return refused('contact.not_found');
  const order = { key: orderId, route: 'enter', requestHash: orderId };
  const known = await beginIdempotent(tx, order);
  if (known.state === 'done') return known.response as unknown as EntryOutcome;
  const result = await admitEnrollment(tx, {
    ...{ workflowId: workflow.id, contactId, key, at: new Date(at) },
    judge: evaluators.condition,
  });
  const outcome: EntryOutcome =
    'blocked' in result
      ? { status: 'blocked', reason: result.blocked }
      : {
          status: 'enrolled',
          enrollmentId: result.enrollment.id,
          workflowId: result.enrollment.temporalWorkflowId,
        };
  await finishIdempotent(tx, { key: orderId, response: outcome });
  return outcome;
}
