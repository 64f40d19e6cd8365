/** Changing the draft of a workflow, and being told when somebody else has changed it meanwhile. */
import { getApiKeyName } from '../db/api-keys';
import { lastDone, recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { replaceDraft } from '../db/workflow-changes';
import type { WorkflowRow } from '../db/workflows';
import { fail } from '../errors';
import { matchesTag } from './entity-tag';
import { entityTag } from './views/workflow';

const CHANGED = 'workflow.change';

/** Makes this the draft, and notes whose it is. */
export async function changeDraft(
  tx: Tx,
  row: WorkflowRow,
  { name, draft, actor }: { readonly name: string; readonly draft: object; readonly actor: string },
): Promise<WorkflowRow> {
  const changed = await replaceDraft(tx, { workflowId: row.id, name, draft });
  await recordAudit(tx, {
    ...{ actor, action: CHANGED, subjectType: 'workflow', subjectId: row.id },
    detail: { revision: changed.draftRevision },
  });
  return changed;
}

/** Fails with `workflow.draft_changed` when the draft has moved on from the entity tag; without one it never does. */
export async function requireMatch(
  tx: Tx,
  row: WorkflowRow,
  ifMatch: string | undefined,
): Promise<void> {
  const tag = entityTag(row);
  if (matchesTag(ifMatch, tag)) return;
  throw fail(
    'workflow.draft_changed',
    `The draft of "${row.key}" has the entity tag ${tag} now, not ${ifMatch?.slice(0, 100)}${await byWhom(tx, row)}. Read it again (GET /api/v1/workflows/${row.key}), repeat your change on it and send that with the new tag as If-Match.`,
  );
}

async function byWhom(tx: Tx, { id }: WorkflowRow): Promise<string> {
  const last = await lastDone(tx, { workflowId: id, action: CHANGED });
  if (last === null) return '';
  const name = await getApiKeyName(tx, last.actor);
  const who = name === null ? 'an API key that is gone' : `the API key "${name}"`;
  return `: ${who} changed it at ${last.at.toISOString()}; ask whoever uses it if both changes do not fit together`;
}
