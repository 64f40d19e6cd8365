/**
 * What a command does to somebody, as a change of her saved state.
 *
 * Owns: which commands are refused, and what the others do to paths and clocks. Does not own: stopping and
 * entering again (travel.ts), rows and audit (the runtime).
 *
 * Invariants:
 * S1. Pure: the same state, command and instant give the same state, so a command that was applied may be
 *     applied again to the state before it.
 * S2. A visit keeps its number and start. Only `anchor`, from which its spans count, moves.
 */
import type { ClockPolicy, Command, CommandInput, LatePolicy } from './commands';
import { type Graph, waitOf } from './graph';
import type { Instant } from './json';
import { portsOf } from './node-type';
import { migrated } from './migrate';
import type { Cursor } from './state';
import type { Situation, Steered } from './steered';

/** Applies a command; `target` is the graph that a migration leads to, null when there is no such version. */
export function steer(situation: Situation, command: Command, target: Graph | null): Steered {
  switch (command.type) {
    case 'pause':
      return paused(situation, command.input);
    case 'resume':
      return resumed(situation, command.input);
    case 'cancel':
      return { ends: { status: 'cancelled', reason: command.input.reason ?? 'operator' } };
    case 'skip':
      return skipped(situation, command.input);
    case 'jump':
      return jumped(situation, command.input);
    case 'migrate':
      return target === null
        ? { refused: 'command.no_such_version' }
        : migrated(situation, target, command.input.map);
  }
}

function paused({ state, at }: Situation, { clock, late }: CommandInput<'pause'>): Steered {
  if (state.pause !== null && state.pause.by === 'operator')
    return { refused: 'command.already_paused' };
  return { state: { ...state, pause: { by: 'operator', since: at, clock, late } } };
}

function resumed(situation: Situation, given: CommandInput<'resume'>): Steered {
  const { pause } = situation.state;
  if (pause === null) return { refused: 'command.not_paused' };
  if (pause.by === 'workflow') return { refused: 'command.workflow_paused' };
  return goOn(situation, { clock: given.clock ?? pause.clock, late: given.late ?? pause.late });
}

/** Ends a pause, whoever made it. */
export function goOn(
  { state, graph, at }: Situation,
  { clock, late }: { readonly clock: ClockPolicy; readonly late: LatePolicy },
): Steered {
  const since = state.pause?.since ?? at;
  const cursors = state.cursors.map((cursor) => ({
    ...cursor,
    anchor: anchorAfter(cursor, clock, since, at),
  }));
  const lateOnes = new Set(cursors.filter((cursor) => isLate(cursor, graph, at)));
  if (late === 'exit' && lateOnes.size > 0)
    return { ends: { status: 'exited', reason: 'pause.late' } };
  const withoutSends = (cursor: Cursor) => late === 'skip' && lateOnes.has(cursor);
  return {
    state: {
      ...state,
      pause: null,
      cursors: cursors.map((cursor) =>
        withoutSends(cursor) ? { ...cursor, quiet: true } : cursor,
      ),
    },
  };
}

function anchorAfter(cursor: Cursor, clock: ClockPolicy, since: Instant, at: Instant): Instant {
  if (!cursor.entered || clock === 'run') return cursor.anchor;
  return clock === 'restart' ? at : cursor.anchor + Math.max(0, at - since);
}

/** Whether a path would have moved on by now: held before a node, or behind its wait's end. */
function isLate(cursor: Cursor, graph: Graph, at: Instant): boolean {
  if (!cursor.entered) return true;
  const until = waitOf(graph.node(cursor.node), cursor.anchor)?.until ?? cursor.until;
  return until !== null && until <= at;
}

function skipped({ state, graph }: Situation, { node }: CommandInput<'skip'>): Steered {
  const there = state.cursors.filter((cursor) => node === undefined || cursor.node === node);
  const [cursor] = there;
  if (cursor === undefined) return { refused: 'command.no_such_node' };
  if (there.length > 1) return { refused: 'command.ambiguous' };
  const { type, config } = graph.node(cursor.node);
  const ports = portsOf(type, config);
  const port = ['next', 'timed_out'].find((name) => ports.includes(name));
  if (!cursor.entered || type.joins !== undefined || type.forks === true || port === undefined)
    return { refused: 'command.not_skippable', detail: cursor.node };
  const forced = { port, status: 'skipped', reason: 'operator.skipped' } as const;
  return {
    state: {
      ...state,
      cursors: state.cursors.map((each) => (each === cursor ? { ...each, forced } : each)),
    },
  };
}

function jumped({ state, graph }: Situation, { to }: CommandInput<'jump'>): Steered {
  if (!graph.has(to)) return { refused: 'command.no_such_node', detail: to };
  if (graph.node(to).type.joins !== undefined)
    return { refused: 'command.not_a_target', detail: to };
  return { state: { ...state, jump: to } };
}
