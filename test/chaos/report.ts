/** The result of a run as a text that a person can read. */
import { allHold, type Criterion, criteriaLines, none, seconds, told } from '../support/run-report';
import { describeFault } from './act';
import type { HistoryFindings } from './histories';
import type { Happened, Observed } from './observed';
import type { Promised } from './load';
import { duplicateShare, type EffectFindings, provesDuplicates } from './oracle-effects';
import type { WalkFindings } from './oracle-walk';
import type { Lateness, Recovery } from './recovery';
import type { Ledger } from './ledger';
import { APIS, type Plan, SHORT_SHARE, WORKERS, WORKSPACES } from './plan';

export interface Results {
  readonly plan: Plan;
  readonly beganAt: number;
  readonly linkKind: string;
  readonly observed: Observed;
  readonly promised: Promised;
  readonly repeatedCalls: number;
  readonly faults: readonly Happened[];
  /** From the last fault until nothing was left to tell Temporal; null when that did not happen. */
  readonly drainedAfterMs: number | null;
  readonly settledAfterMs: number | null;
  readonly walks: WalkFindings;
  readonly effects: EffectFindings;
  readonly ledger: Ledger;
  readonly recovery: Recovery;
  readonly histories: HistoryFindings;
  readonly unasked: readonly string[];
  readonly control: EffectFindings;
  readonly controlLedger: Ledger;
}

export type Verdict = 'PASS' | 'FAIL' | 'VOID';

const DRAINED_WITHIN_MS = 60_000;
const AFTER_KILL_MS = 12_000;
const AFTER_TERM_MS = 1_000;

export function verdictOf(results: Results): Verdict {
  if (!provesDuplicates(results.control)) return 'VOID';
  return allHold(criteriaOf(results)) ? 'PASS' : 'FAIL';
}

export function criteriaOf(results: Results): Criterion[] {
  return [...promises(results), ...effects(results), ...times(results)];
}

function promises({ walks, promised, observed, histories, unasked }: Results): Criterion[] {
  const there = new Set(observed.enrollments.map(({ id }) => id));
  const received = new Map<string, number>();
  for (const { externalId } of observed.events)
    if (externalId !== null) received.set(externalId, (received.get(externalId) ?? 0) + 1);
  return [
    none('Every enrollment ended, by the edges and rules of its definition', walks.violations),
    none(
      'Enrollments that were answered and are gone',
      promised.enrollmentIds.filter((id) => !there.has(id)),
    ),
    none(
      'Events that were answered and are not there exactly once',
      promised.eventIds.filter((id) => received.get(id) !== 1),
    ),
    none('Calls that the API refused', promised.refused),
    none('Non-deterministic histories', histories.nonDeterministic),
    {
      name: 'Lines about non-determinism in the logs',
      figure: String(histories.nonDeterminismInLogs),
      holds: histories.nonDeterminismInLogs === 0,
    },
    {
      name: 'Processes that ended by an error that nobody caught',
      figure: String(histories.crashes),
      holds: null,
    },
    {
      name: 'Processes that ended without being told',
      figure: unasked.join(', ') || '0',
      holds: null,
    },
  ];
}

function effects({ effects: found, control }: Results): Criterion[] {
  const ambiguous = found.unknown + found.reconciled;
  const share = duplicateShare(control);
  return [
    none('Effects lost: done by the rows, unknown to the provider', found.lost),
    none('Effects duplicated where the provider de-duplicates', found.duplicated),
    none(
      'Mails taken twice, by a provider that does not de-duplicate but can be asked',
      found.mailedTwice,
    ),
    none('Effects that no row shows', found.invisible),
    {
      name: 'In doubt (unknown, or settled afterwards), at most what was injected',
      figure: `${ambiguous} (${found.unknown} still unknown) of ${found.injected}`,
      holds: ambiguous <= found.injected,
    },
    {
      name: 'Control: duplicates with the guards off, more than 1 %',
      figure: `${(share * 100).toFixed(1)} % of ${control.taken}`,
      holds: provesDuplicates(control),
    },
  ];
}

function times({ plan, drainedAfterMs, settledAfterMs, recovery }: Results): Criterion[] {
  const judged = (holds: boolean) => (plan.judgesTimes ? holds : null);
  const { kill, term, termBehind, calm } = recovery;
  return [
    {
      name: 'Outbox drained after the last fault, within 60 s',
      figure: seconds(drainedAfterMs),
      holds: drainedAfterMs !== null && drainedAfterMs <= DRAINED_WITHIN_MS,
    },
    {
      name: 'Everybody ended after the last fault',
      figure: seconds(settledAfterMs),
      holds: settledAfterMs !== null,
    },
    {
      name: 'Wake-ups due after SIGKILL of a worker, p99 within 12 s',
      figure: late(kill),
      holds: judged(kill.wakeUps > 0 && kill.p99 <= AFTER_KILL_MS),
    },
    {
      name: 'Wake-ups due after SIGTERM of a worker, p99 within 1 s',
      figure: late(term),
      holds: judged(term.wakeUps > 0 && term.p99 <= AFTER_TERM_MS),
    },
    {
      name: 'The same where the machine was behind before the SIGTERM',
      figure: late(termBehind),
      holds: null,
    },
    { name: 'Wake-ups far from any fault', figure: late(calm), holds: null },
  ];
}

const late = ({ wakeUps, p50, p99, longest }: Lateness): string =>
  wakeUps === 0
    ? 'none measured'
    : `p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms (${wakeUps})`;
/** The report in Markdown. */
export function reportOf(results: Results): string {
  const {
    plan,
    beganAt,
    linkKind,
    observed,
    faults,
    walks,
    effects: found,
    ledger,
    histories,
  } = results;
  return [
    `# Chaos run: ${verdictOf(results)}`,
    '',
    `Seed ${plan.seed}, begun ${new Date(beganAt).toISOString()}. Again: \`npm run test:chaos -- --minutes ${minutesOf(plan)} --seed ${plan.seed} --rate ${plan.perSecond}\`.`,
    '',
    `${WORKERS} workers and ${APIS} API processes; links through ${linkKind}. ${WORKSPACES} workspaces, ${observed.enrollments.length} enrollments, ${observed.steps.length} steps, ${observed.events.length} events, ${found.taken} effects at the provider (${found.done} done by the rows). ${faults.length} faults. Calls to the API that were made again: ${results.repeatedCalls}.`,
    '',
    ...criteriaLines(criteriaOf(results)),
    '## What happened',
    '',
    `- Ends: ${told(walks.ends)}. Failures by code: ${told(walks.failures)}.`,
    `- Provider, HTTP: ${told(ledger.answers.http)}; repetitions recognized by their id: ${found.recognized}.`,
    `- Provider, mail: ${told(ledger.answers.mail)}; answers that nobody was there to hear: ${ledger.unheard}.`,
    `- Histories read: ${histories.read}, of which ${histories.continued} continue another; failed workflow tasks by cause: ${told(histories.failedTasks)}.`,
    `- Control, guards off: ${results.control.taken} effects, ${results.control.duplicated.length + results.control.mailedTwice.length} of them twice; the provider's answers: HTTP ${told(results.controlLedger.answers.http)}; mail ${told(results.controlLedger.answers.mail)}.`,
    '',
    '## Faults',
    '',
    '| at | fault | over after | attempts under way |',
    '| --- | --- | --- | --- |',
    ...faults.map(
      ({ fault, beganAt: at, endedAt, underWay }) =>
        `| ${((at - beganAt) / 1_000).toFixed(1)} s | ${describeFault(fault)} | ${((endedAt - at) / 1_000).toFixed(1)} s | ${underWay} |`,
    ),
    '',
  ].join('\n');
}

const minutesOf = ({ loadMs, judgesTimes }: Plan): number =>
  loadMs / 60_000 / (judgesTimes ? 1 : SHORT_SHARE);
