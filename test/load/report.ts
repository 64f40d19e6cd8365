/** The result of a run: what must hold, what it cost and how fast it was, as a text that a person can read. */
import { cpus } from 'node:os';
import { allHold, type Criterion, criteriaLines, none, seconds, told } from '../support/run-report';
import type { PhaseName, Results } from './load';
import { type Phase, type Reaction, slopeOf } from './measure';
import { WORKERS } from './plan';

export type Verdict = 'PASS' | 'FAIL';

export function verdictOf(results: Results): Verdict {
  return allHold(criteriaOf(results)) ? 'PASS' : 'FAIL';
}

export function criteriaOf(results: Results): Criterion[] {
  return [...people(results), ...effects(results), ...events(results), ...machinery(results)];
}

function people({ standstills, errands, walks, strangers, observed, stuck, tenancy }: Results) {
  const there = new Set(observed.enrollments.map(({ id }) => id));
  const { leaks, questions } = tenancy;
  return [
    none('People on errands who are not exactly where they should be', errands.astray),
    none('Contacts whose tags or score are not what their errand made them', errands.marks),
    none('People on random journeys who did not end by their definition', walks.violations),
    none(
      'Enrollments that were answered and are gone',
      strangers.enrollmentIds.filter((id) => !there.has(id)),
    ),
    none('Stuck, by the rule of the product’s own watch', stuck),
    none('Phases that came to a standstill', standstills),
    {
      name: 'Of one workspace in another: rows, and answers to another’s key',
      figure: `${leaks.length} (${questions} questions)`,
      holds: leaks.length === 0,
      details: leaks,
    },
  ];
}

function effects({ errands, effects: found }: Results): Criterion[] {
  return [
    {
      name: 'Mails and calls that errands want and the provider never took',
      figure: `${errands.lost.length} of ${errands.wanted}`,
      holds: errands.lost.length === 0,
      details: errands.lost,
    },
    none('Mails and calls taken that no errand wants, or once too often', errands.doubled),
    none('Mails and calls of another person or workspace than they say', errands.foreign),
    none('Effects lost: done by the rows, unknown to the provider', found.lost),
    none('Effects taken more often than their node was visited', found.duplicated),
    none('Mails taken twice', found.mailedTwice),
    none('Effects that no row shows', found.invisible),
    {
      name: 'In doubt in the end; settled after a doubt; calls repeated under their id',
      figure: `${found.unknown}; ${found.reconciled}; ${found.recognized}`,
      holds: found.unknown === 0,
    },
  ];
}

function events({ told: sent, strangers, observed, dispatched, outboxLeft }: Results) {
  const received = new Map<string, number>();
  for (const { externalId } of observed.events)
    if (externalId !== null) received.set(externalId, (received.get(externalId) ?? 0) + 1);
  const copies = sent.sent - sent.eventIds.size;
  const promised = [...sent.eventIds, ...strangers.eventIds];
  return [
    {
      name: 'Events of errands: accepted, and recognized as sent before',
      figure: `${sent.accepted} of ${sent.eventIds.size}, ${sent.duplicates} of ${copies}`,
      holds: sent.accepted === sent.eventIds.size && sent.duplicates === copies,
    },
    none(
      'Events that were answered and are not there exactly once',
      promised.filter((id) => received.get(id) !== 1),
    ),
    {
      name: 'Events dispatched, of those stored (the journeys’ own included)',
      figure: `${dispatched.done} of ${dispatched.stored}`,
      holds: dispatched.done === dispatched.stored,
    },
    {
      name: 'Rows left in the outbox',
      figure: String(outboxLeft),
      holds: outboxLeft === 0,
    },
    none('Calls that the API refused', [...sent.refused, ...strangers.refused]),
  ];
}

/** A signal that comes while a journey ends makes its server ask once more: Temporal's way, and no fault. */
const UNHANDLED_COMMAND = '1';

function machinery({ histories, unasked, rebuilt, ...results }: Results): Criterion[] {
  const failed = Object.entries(histories.failedTasks).filter(
    ([cause]) => cause !== UNHANDLED_COMMAND,
  );
  return [
    none('Non-deterministic histories', histories.nonDeterministic),
    {
      name: 'Lines about non-determinism in the logs',
      figure: String(histories.nonDeterminismInLogs),
      holds: histories.nonDeterminismInLogs === 0,
    },
    {
      name: 'Workflow tasks that failed, by Temporal’s number of the cause',
      figure: told(Object.fromEntries(failed)),
      holds: failed.length === 0,
    },
    {
      name: 'Tasks asked for once more, since a bell rang at the very end',
      figure: String(histories.failedTasks[UNHANDLED_COMMAND] ?? 0),
      holds: null,
    },
    none('Processes that ended without being told', unasked),
    {
      name: 'Processes that ended by an error that nobody caught',
      figure: String(histories.crashes),
      holds: histories.crashes === 0,
    },
    {
      name: 'Fresh histories begun; a run without any has not tried that',
      figure: String(histories.continued),
      holds: histories.continued > 0,
    },
    {
      name: 'Enrollments rebuilt after an eviction; a run without any has not tried that',
      figure: String(rebuilt),
      holds: rebuilt > 0,
    },
    ...memory(results),
  ];
}

/** What a process may grow by in an hour, for good; and how much garbage may lie about at the end of a look at it. */
const GROWTH_MB = 1;
const GARBAGE_MB = 10;
const HOUR = 3_600_000;

/** Judged over the second half of the soak, since caches fill and code is compiled in the first. */
function memory({ plan, samples }: Pick<Results, 'plan' | 'samples'>): Criterion[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  const hours = ((half.at(-1)?.at ?? 0) - (half[0]?.at ?? 0)) / HOUR;
  const most = GROWTH_MB + GARBAGE_MB / hours;
  const names = Object.keys(samples[0]?.memory ?? {}).filter((name) => /^(worker|api)-/.test(name));
  return names.map((name) => {
    const slope = slopeOf(half, name);
    const figure = `${slope.toFixed(1)} MB/h over ${(hours * 60).toFixed(0)} minutes`;
    return plan.judgesMemory
      ? {
          name: `Memory of ${name}: growth, at most ${most.toFixed(1)} MB/h`,
          figure,
          holds: slope <= most,
        }
      : {
          name: `Memory of ${name}: growth`,
          figure: 'not measured: 30 minutes and more can tell',
          holds: null,
        };
  });
}

/** The report in Markdown. */
export function reportOf(results: Results): string {
  const { plan, beganAt, people: count, observed, effects: found, walks, errands } = results;
  const { forMs, seed, historyLimit, heapMb } = plan;
  return [
    `# Load run: ${verdictOf(results)}`,
    '',
    `Seed ${seed}, begun ${new Date(beganAt).toISOString()}. Again: \`npm run test:load -- --people ${plan.people} --minutes ${forMs / 60_000} --workspaces ${plan.workspaces} --seed ${seed}\`.`,
    '',
    `${WORKERS} workers with a heap of ${heapMb} MB each, and one API; fresh histories after ${historyLimit} events; ${cpus().length} cores, on which the run itself works too. ${plan.workspaces} workspaces, ${count.scale} people at once and ${count.soak} one by one; with those on random journeys ${observed.enrollments.length} enrollments, ${observed.steps.length} steps, ${observed.events.length} events, ${found.taken} effects at the provider.`,
    '',
    ...criteriaLines(criteriaOf(results)),
    ...figures(results),
    '## What happened',
    '',
    `- Errands: ${told(errands.ends)}; ${count.staying} should wait. Everybody: ${told(walks.ends)}; failures by code (random journeys may fail): ${told(walks.failures)}.`,
    `- Histories read: ${results.histories.read}. Calls to the API that were made again: ${results.repeatedCalls}.`,
    '',
  ].join('\n');
}

function figures(results: Results): string[] {
  const { phases, people: count, soakPerSecond, reactions, timers, samples } = results;
  const lateness =
    timers.wakeUps === 0
      ? 'none'
      : `p50 ${timers.p50} ms, p99 ${timers.p99} ms (${timers.wakeUps})`;
  return [
    '## Figures',
    '',
    '| | entry: until all wait | storm: until all is over | soak |',
    '| --- | --- | --- | --- |',
    row('length', results, (phase) => seconds(phase.to - phase.from)),
    row('enrollments begun', results, (phase) => String(begun(results, phase))),
    row('enrollments a second', results, (phase) =>
      (begun(results, phase) / lengthOf(phase)).toFixed(1),
    ),
    row('steps a minute', results, (phase) =>
      ((written(results, phase) / lengthOf(phase)) * 60).toFixed(0),
    ),
    row('CPU a step', results, (phase) => per(total(phase), written(results, phase))),
    row('cores busy', results, (phase) => (total(phase) / (phase.to - phase.from)).toFixed(2)),
    `| from an event to its step | – | ${reacted(reactions.storm)} | ${reacted(reactions.soak)} |`,
    `| timers, late by | – | – | ${lateness} |`,
    '',
    `CPU of an enrollment from its entry to its end, all processes of the product together: ${per(total(phases.entry) + total(phases.storm), begun(results, phases.entry) + begun(results, phases.storm))} in the scale phase (${count.scale} people), ${per(total(phases.soak), begun(results, phases.soak))} in the soak (${soakPerSecond.toFixed(1)} people a second on errands). Enrollments are those on errands, on random journeys and on what these let people into. An errand has 5 to 30 nodes, and a loop visits its own several times.`,
    '',
    '| process | CPU in the scale phase | CPU in the soak | memory at the begin of the soak | at its end | most |',
    '| --- | --- | --- | --- | --- | --- |',
    ...Object.keys(phases.soak.cpu).map((name) => {
      const scale = (phases.entry.cpu[name] ?? 0) + (phases.storm.cpu[name] ?? 0);
      const bytes = samples.map(({ memory: of }) => of[name] ?? 0);
      const [first = 0, last = 0] = [bytes[0], bytes.at(-1)];
      return `| ${name} | ${seconds(scale)} | ${seconds(phases.soak.cpu[name] ?? 0)} | ${mb(first)} | ${mb(last)} | ${mb(Math.max(0, ...bytes))} |`;
    }),
    '',
    'Memory is what is resident, pages that processes share divided among them.',
    '',
  ];
}

const NAMES: readonly PhaseName[] = ['entry', 'storm', 'soak'];

const row = (name: string, { phases }: Results, cell: (phase: Phase) => string): string =>
  `| ${name} | ${NAMES.map((each) => cell(phases[each])).join(' | ')} |`;

const lengthOf = ({ from, to }: Phase): number => (to - from) / 1_000;
const total = ({ cpu }: Phase): number => Object.values(cpu).reduce((sum, each) => sum + each, 0);
const isIn = (at: Date, { from, to }: Phase): boolean => at.getTime() >= from && at.getTime() < to;
const begun = ({ observed }: Results, phase: Phase): number =>
  observed.enrollments.filter(({ startedAt }) => isIn(startedAt, phase)).length;
const written = ({ observed }: Results, phase: Phase): number =>
  observed.steps.filter(({ writtenAt }) => isIn(writtenAt, phase)).length;
const per = (ms: number, count: number): string =>
  count === 0 ? '–' : `${(ms / count).toFixed(0)} ms`;
const mb = (megabytes: number): string => `${megabytes.toFixed(0)} MB`;
const reacted = ({ events: count, p50, p99 }: Reaction): string =>
  count === 0 ? 'none' : `p50 ${p50} ms, p99 ${p99} ms (${count})`;
