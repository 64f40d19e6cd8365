/** What decides about an entry, as far as it is stored: settings, earlier enrollments, facts at the door. */
import { and, eq, sql } from 'drizzle-orm';
import { type BlockedReason, type Passage, refusalOf } from '../journey/admission';
import type { ConditionGroup } from '../journey/condition';
import { type EnrollmentSettings, enrollmentSettings } from '../journey/enrollment-settings';
import type { Facts, Verdict } from '../journey/facts';
import { BY_HAND, type RateLimit, type Way } from '../journey/rate-limit';
import type { Tx } from './client';
import type { ContactRow } from './contacts';
import type { EventRow } from './events';
import { loadEntryFacts } from './facts';
import type { JsonObject } from './json';
import { enrollments } from './schema/enrollments';
import { workflowVersions } from './schema/workflows';
import type { WorkflowRow } from './workflows';

export interface Blocked {
  readonly blocked: BlockedReason;
  /** What was found of `entryWhen`, in words; may be personal. */
  readonly detail?: string;
  /** From when on this reason stands in the way no more. */
  readonly until?: Date;
}

/** Judges `entryWhen` by what is true at the door. */
export type Judge = (group: ConditionGroup, facts: Facts) => Promise<Verdict>;

/** The reason of an enrollment that was cancelled because its contact entered anew. */
export const RESTARTED = 'restarted';

interface EarlierEnrollment extends Passage {
  readonly id: string;
  readonly number: number;
  readonly triggerEventId: string | null;
}

/** Lets nobody else decide about this contact and this workflow until the end of the transaction. */
export async function holdDoor(tx: Tx, workflowId: string, contactId: string): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${workflowId}/${contactId}`}, 0))`,
  );
}

/** How a contact was in a workflow before, for the rule of its settings. */
export async function earlierEnrollments(
  tx: Tx,
  workflowId: string,
  contactId: string,
): Promise<readonly EarlierEnrollment[]> {
  const { id, number, key, startedAt, endedAt, reason, triggerEventId, triggerKey } = enrollments;
  const rows = await tx
    .select({ id, number, key, startedAt, endedAt, reason, triggerEventId, triggerKey })
    .from(enrollments)
    .where(and(eq(enrollments.workflowId, workflowId), eq(enrollments.contactId, contactId)));
  return rows.map((row) => ({
    ...{ id: row.id, number: row.number, key: row.key, triggerEventId: row.triggerEventId },
    triggerKey: row.triggerEventId === null ? BY_HAND : row.triggerKey,
    startedAt: row.startedAt.getTime(),
    endedAt: row.endedAt?.getTime() ?? null,
    restarted: row.reason === RESTARTED,
  }));
}

export interface ActiveSettings {
  readonly version: number;
  readonly enrollment: EnrollmentSettings;
  readonly timeZone: string | null;
  /** Its manual triggers. */
  readonly byHand: readonly Way[];
}

/** What a version says that was published before a setting existed. */
const DEFAULTS = enrollmentSettings.parse({});

interface StoredSettings {
  readonly enrollment?: Partial<EnrollmentSettings>;
  readonly timeZone?: string;
}

/** The settings of the version that people enter now; null when nobody may. */
export async function activeSettings(
  tx: Tx,
  { id, status, activeVersion }: WorkflowRow,
): Promise<ActiveSettings | null> {
  if (status !== 'active' || activeVersion === null) return null;
  return versionSettings(tx, id, activeVersion);
}

/** The settings of a published version. */
export async function versionSettings(tx: Tx, id: string, number: number): Promise<ActiveSettings> {
  const { definition, workflowId, version } = workflowVersions;
  const [row] = await tx
    .select({
      settings: sql<StoredSettings | null>`${definition} -> 'settings'`,
      manual: sql<
        readonly { readonly rateLimit?: RateLimit }[]
      >`jsonb_path_query_array(${definition}, '$.triggers[*] ? (@.type == "manual")')`,
    })
    .from(workflowVersions)
    .where(and(eq(workflowId, id), eq(version, number)));
  return {
    version: number,
    enrollment: { ...DEFAULTS, ...row?.settings?.enrollment },
    timeZone: row?.settings?.timeZone ?? null,
    byHand: (row?.manual ?? []).map(({ rateLimit }) => ({ triggerKey: BY_HAND, rateLimit })),
  };
}

/** An entry that is asked for, and what was read about it. */
export interface AskedEntry {
  /** The enrollment that there will be. */
  readonly id: string;
  readonly workflowKey: string;
  readonly settings: ActiveSettings;
  readonly earlier: readonly Passage[];
  readonly contact: ContactRow;
  readonly key: string | null;
  readonly variables: JsonObject;
  readonly trigger: EventRow | null;
  readonly ways: readonly Way[];
  readonly at: Date;
}

/** Why the entry is refused; null when it is not. */
export async function refused(tx: Tx, entry: AskedEntry, judge: Judge): Promise<Blocked | null> {
  const { settings, earlier, key, ways } = entry;
  const { enrollment: rules, timeZone, version } = settings;
  const at = entry.at.getTime();
  const refusal = refusalOf(rules, earlier, { at, key, ways });
  if (refusal !== null) {
    const { reason, until } = refusal;
    return { blocked: reason, ...(until === undefined ? {} : { until: new Date(until) }) };
  }
  if (rules.entryWhen === undefined) return null;
  const { id, workflowKey, contact, variables, trigger } = entry;
  const facts = await loadEntryFacts(tx, {
    enrollment: { id, workflowKey, version },
    ...{ contact, variables, trigger, timeZone, at },
  });
  const { value, reason } = await judge(rules.entryWhen, facts);
  return value ? null : { blocked: 'entry_condition', detail: reason };
}
