import { type Results, VARIANTS, type VariantResult } from './results';

/** The figures as text, for people. */
export function table(results: Results): string {
  const { variants, ratios, spread, eventReactionMs: reaction, note } = results;
  const rows = [
    ['per enrollment', ...VARIANTS],
    ...LINES.map(([name, of]) => [name, ...VARIANTS.map((variant) => show(of(variants[variant])))]),
  ];
  const goal = (holds: boolean) => (holds ? 'holds' : 'MISSED');
  const toHand = ratios.interpretedToHandWritten;
  return [
    ...aligned(rows),
    '',
    `interpreted / by hand      ${toHand} (rounds ${spread.interpretedToHandWritten.join(' to ')}); goal 1.25 ${goal(toHand <= 1.25)}`,
    `100 nodes / 6 nodes        ${ratios.largeGraphToSmall} (rounds ${spread.largeGraphToSmall.join(' to ')})`,
    `node executions per minute ${results.nodeExecutionsPerMinute}`,
    `event to branch, half load p50 ${reaction.p50} ms, p99 ${reaction.p99} ms (${reaction.samples} events at ${reaction.perSecond} enrollments a second); goal p99 250 ms ${goal(reaction.p99 < 250)}`,
    `${note.rounds} rounds of ${note.enrollmentsPerRound}; ${note.cores} cores, node ${note.node}`,
    `other programs kept ${note.otherCores} cores busy during the rounds, ${reaction.otherCores} at half load${disturbed(note, reaction)}`,
  ].join('\n');
}

/** Ratios hold when the machine is shared; milliseconds do not. */
function disturbed(note: Results['note'], reaction: Results['eventReactionMs']): string {
  const most = Math.max(note.otherCores, reaction.otherCores);
  return most > note.cores / 10 ? ': the ratios hold, the milliseconds are theirs too' : '';
}

type Cell = number | string | null;

const LINES: readonly (readonly [string, (variant: VariantResult) => Cell])[] = [
  ['CPU ms: worker', ({ cpuMsPerEnrollment: cpu }) => cpu.worker],
  ['CPU ms: Temporal', ({ cpuMsPerEnrollment: cpu }) => cpu.temporal],
  ['CPU ms: PostgreSQL', ({ cpuMsPerEnrollment: cpu }) => cpu.postgres],
  ['CPU ms: these three', ({ cpuMsPerEnrollment: cpu }) => cpu.total],
  ['CPU ms: relay, caller', ({ cpuMsPerEnrollment: cpu }) => cpu.relay],
  ['CPU ms per node execution', ({ cpuMsPerNodeExecution }) => cpuMsPerNodeExecution],
  ['Temporal actions', ({ footprint }) => footprint.actions.total],
  ['history events', ({ footprint }) => footprint.historyEvents],
  ['history bytes', ({ footprint }) => footprint.historyBytes],
  ['timer to step, ms p50/p99', ({ timerToStepMs: it }) => it && `${it.p50}/${it.p99}`],
  ['event to step, ms p50/p99', ({ eventToBranchMs: it }) => it && `${it.p50}/${it.p99}`],
];

const show = (cell: Cell): string => (cell === null ? '-' : String(cell));

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2),
      )
      .join(''),
  );
}
