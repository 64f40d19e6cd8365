/** What would happen if somebody entered a workflow by hand. Only read: nobody takes turns, nothing is written. */
import { newId } from '../ids';
import { replacedBy } from '../journey/admission';
import { type Entered, versionToEnter } from './canaries';
import type { Tx } from './client';
import type { ContactRow } from './contacts';
import {
  activeSettings,
  type Blocked,
  earlierEnrollments,
  type Judge,
  refused,
} from './entry-rules';
import type { JsonObject } from './json';
import type { WorkflowRow } from './workflows';

export interface AskedAbout {
  readonly workflow: WorkflowRow;
  readonly contact: ContactRow;
  readonly key: string | null;
  /** What she would bring along; nothing unless told. */
  readonly variables?: JsonObject | undefined;
  readonly at: Date;
  readonly judge: Judge;
}

export interface Eligibility {
  /** Null when she would be let in. */
  readonly refusal: Blocked | null;
  /** The version that she would enter; null while nobody may. */
  readonly entered: Entered | null;
  /** The open enrollments that an entry would cancel. */
  readonly replaces: readonly string[];
}

/** Judges an entry as `admitEnrollment` would at this moment. */
export async function eligibilityOf(tx: Tx, asked: AskedAbout): Promise<Eligibility> {
  const { workflow, contact, key, variables = {}, at, judge } = asked;
  const settings = await activeSettings(tx, workflow);
  if (settings === null)
    return { refusal: { blocked: 'workflow_not_active' }, entered: null, replaces: [] };
  const earlier = await earlierEnrollments(tx, workflow.id, contact.id);
  const { key: workflowKey } = workflow;
  const entry = { id: newId(), workflowKey, settings, earlier, contact, key, at };
  const ways = { variables, trigger: null, ways: settings.byHand };
  const refusal = await refused(tx, { ...entry, ...ways }, judge);
  const { version: activeVersion } = settings;
  const entered = await versionToEnter(tx, workflow, { contactId: contact.id, activeVersion });
  const replaced = refusal === null ? replacedBy(settings.enrollment, earlier) : [];
  return { refusal, entered, replaces: replaced.map(({ id }) => id) };
}
