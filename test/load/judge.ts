/** Everything that is looked at when all is over. */
import type postgres from 'postgres';
import { metric } from '../../bench/prometheus';
import { type HistoryFindings, judgeHistories } from '../chaos/histories';
import type { Ledger } from '../chaos/ledger';
import { type Observed, observe, outboxLength } from '../chaos/observed';
import { type EffectFindings, judgeEffects } from '../chaos/oracle-effects';
import { judgeWalks, type WalkFindings } from '../chaos/oracle-walk';
import { type Lateness, measureRecovery } from '../chaos/recovery';
import type { Rest } from '../chaos/rest';
import { finder } from '../chaos/workspaces';
import { type Phase, type Reaction, reactionOf } from './measure';
import { type Contact, type ErrandFindings, judgeErrands } from './oracle';
import type { Person, Place } from './people';
import type { Plan } from './plan';
import type { Stack } from './stack';
import { judgeTenancy, type TenancyFindings } from './tenancy';

export interface Judgement {
  readonly observed: Observed;
  readonly ledger: Ledger;
  readonly errands: ErrandFindings;
  /** Of people on random journeys. */
  readonly walks: WalkFindings;
  readonly effects: EffectFindings;
  readonly tenancy: TenancyFindings;
  readonly stuck: readonly string[];
  readonly outboxLeft: number;
  /** Events stored, and events that the relay says it has dispatched. */
  readonly dispatched: { readonly stored: number; readonly done: number };
  readonly histories: HistoryFindings;
  /** Processes that ended without being told. */
  readonly unasked: readonly string[];
  /** How often a worker was asked about somebody whom it had evicted. */
  readonly rebuilt: number;
  readonly reactions: { readonly storm: Reaction; readonly soak: Reaction };
  /** How late timers of the soak were. */
  readonly timers: Lateness;
}

interface Judged {
  readonly stack: Stack;
  readonly plan: Plan;
  readonly rest: Rest;
  readonly places: readonly Place[];
  readonly people: readonly Person[];
}

export async function judge(
  { stack, plan, rest, places, people }: Judged,
  storm: Phase,
  soak: Phase,
): Promise<Judgement> {
  const { sql, httpUrl, provider } = stack;
  const { ledger } = provider;
  const dispatched = await dispatchedEvents(stack);
  const rebuilt = await rebuiltBy(stack.metricsUrls);
  const observed = await observe(sql, new Date(0));
  const random = finder(places, httpUrl);
  const eventAt = eventsHeard(observed, places);
  const reaction = (phase: Phase) => reactionOf(observed, eventAt, phase);
  return {
    ...{ observed, ledger, dispatched, rebuilt },
    errands: judgeErrands(people, observed, await contactsIn(sql), ledger),
    // How fast facts are seen is measured, and no matter of right or wrong: a busy machine is slow.
    walks: judgeWalks(observed, random, Number.POSITIVE_INFINITY),
    effects: judgeEffects(observed, ledger, []),
    tenancy: await judgeTenancy(sql, rest, places, observed),
    stuck: await stuckNow(sql),
    outboxLeft: await outboxLength(sql),
    histories: await judgeHistories(stack.temporalPort, stack.folder, plan.mostHistories),
    unasked: stack.children
      .filter(({ unasked }) => unasked > 0)
      .map(({ name, unasked }) => `${name} ×${unasked}`),
    reactions: { storm: reaction(storm), soak: reaction(soak) },
    timers: timersIn(observed, places, soak),
  };
}

function contactsIn(sql: postgres.Sql): Promise<Contact[]> {
  return sql<Contact[]>`
    select workspace_id as "workspaceId", id, external_id as "externalId", tags, score from contacts`;
}

/** How long something may be due; waits for events are not due. */
const OVERDUE_MS = 10_000;

/** Who should have moved on, by the rule of the product's own watch. */
async function stuckNow(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select id || ' (' || workflow_key || '): ' || reason as text
    from (select id, workflow_key, throughline.why_stuck(e, ${OVERDUE_MS}) as reason
      from enrollments e where ended_at is null) judged
    where reason is not null`;
  return rows.map(({ text }) => text);
}

/** One relay counts what it has dispatched; the count follows the row by a moment. */
async function dispatchedEvents({ sql, apiAddress }: Stack): Promise<Judgement['dispatched']> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from events`;
  const text = await (await fetch(`${apiAddress}/metrics`)).text();
  const labels = { kind: 'event', outcome: 'done' };
  return {
    stored: row?.count ?? 0,
    done: metric(text, 'throughline_relay_rows_total', labels),
  };
}

async function rebuiltBy(metricsUrls: readonly string[]): Promise<number> {
  const counts = metricsUrls.map(async (url) =>
    metric(await (await fetch(url)).text(), 'temporal_sticky_cache_miss(?:_total)?'),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** When the event was received that a wait of an errand is for. */
function eventsHeard(observed: Observed, places: readonly Place[]) {
  const contacts = new Map(observed.enrollments.map((each) => [each.id, each]));
  const received = new Map<string, Date>();
  for (const { contactId, type, receivedAt } of observed.events) {
    const key = `${contactId} ${type}`;
    const before = received.get(key);
    if (before === undefined || receivedAt < before) received.set(key, receivedAt);
  }
  const awaited = new Map<string, string>();
  for (const { id, errands } of places)
    for (const { key, stages } of errands)
      for (const stage of stages)
        if (stage.kind === 'hear') awaited.set(`${id} ${key} ${stage.id}`, stage.event);
  return (enrollmentId: string, nodeId: string): Date | undefined => {
    const enrollment = contacts.get(enrollmentId);
    if (enrollment === undefined) return undefined;
    const { workspaceId, workflowKey, contactId } = enrollment;
    return received.get(`${contactId} ${awaited.get(`${workspaceId} ${workflowKey} ${nodeId}`)}`);
  };
}

function timersIn(observed: Observed, places: readonly Place[], { from }: Phase): Lateness {
  const journeys = new Map(
    places.flatMap(({ id, errands }) =>
      errands.map(({ key, journey }) => [`${id} ${key}`, journey] as const),
    ),
  );
  const steps = observed.steps.filter(({ startedAt }) => startedAt.getTime() >= from);
  const journeyOf = ({ workspaceId, workflowKey }: Observed['enrollments'][number]) =>
    journeys.get(`${workspaceId} ${workflowKey}`);
  return measureRecovery({ ...observed, steps }, journeyOf, []).calm;
}
