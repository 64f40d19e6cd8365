/**
 * Judges the commands given to an enrollment, in the order in which they came.
 *
 * Owns: that each is judged once. Does not own: what a command does (src/journey/steer.ts).
 *
 * Invariants:
 * C1. A command that was applied after the state was saved is applied to it again, at its stored instant: an
 *     activity that runs again answers what it answered before.
 * C2. Rows, the enrollment's status and its audit change in one transaction.
 */
import type { Tx } from '../src/db/client';
import {
  type CommandRow,
  commandsApplied,
  commandsPending,
  getCommand,
  judgeCommand,
  orderCommand,
} from '../src/db/commands';
import { endEnrollment } from '../src/db/end-enrollment';
import { type EnrollmentRow, holdEnrollment } from '../src/db/enrollments';
import { showSteered } from '../src/db/steered';
import { workflowPause } from '../src/db/workflow-pause';
import { loadVersion } from '../src/db/workflows';
import { type Command, readCommand } from '../src/journey/commands';
import type { Definition } from '../src/journey/definition';
import { type Graph, indexGraph } from '../src/journey/graph';
import type { GraphRef } from '../src/journey/graph-ref';
import { reasonText } from '../src/journey/reason';
import type { EnrollmentState } from '../src/journey/state';
import { goOn, steer } from '../src/journey/steer';
import type { Steered } from '../src/journey/steered';
import type { CommandOutcome, FactActivities, SteerInput, SteerOutput } from './contract';
import type { FactDeps } from './deps';
import { recordEnd } from './step-book';

interface Progress {
  state: EnrollmentState;
  graph: Graph;
  ref: GraphRef;
}

export function createSteer(deps: FactDeps): FactActivities['steer'] {
  return async (input) => {
    const { workspaceId, enrollmentId, graph: ref, at, state } = input;
    const graph = await deps.loadGraph(ref);
    return deps.db.inWorkspace(workspaceId, async (tx) => {
      const enrollment = await holdEnrollment(tx, enrollmentId);
      if (enrollment === null) return erased(input);
      await storeRequests(tx, input);
      const progress: Progress = { state, graph, ref };
      for (const row of await commandsApplied(tx, enrollmentId, state.steered))
        await again(tx, progress, row);
      const over = enrollment.endedAt !== null;
      for (const row of await commandsPending(tx, enrollmentId))
        await judge(tx, progress, row, { at: new Date(at), over });
      await endHold(tx, progress, enrollment, at);
      const closed = await settle(tx, enrollmentId, progress);
      return {
        outcomes: await outcomesOf(tx, input.asked),
        state: closed ? unpaused(progress.state) : progress.state,
        graph: progress.ref === ref ? null : progress.ref,
      };
    });
  };
}

/** Nobody is left to steer: her enrollment was erased with her. */
function erased({ state, asked }: SteerInput): SteerOutput {
  const outcomes = asked.map((id) => ({ id, status: 'refused', reason: 'command.ended' }) as const);
  return { state: unpaused(state), graph: null, outcomes };
}

async function outcomesOf(tx: Tx, ids: readonly string[]): Promise<CommandOutcome[]> {
  const rows = await Promise.all(ids.map((id) => getCommand(tx, id)));
  return rows.flatMap((row, index): CommandOutcome[] => {
    const id = ids[index] ?? '';
    if (row === null) return [{ id, status: 'refused', reason: 'command.invalid' }];
    return row.status === 'pending' ? [] : [{ id, status: row.status, reason: row.reason }];
  });
}

/** Writes what has changed; true when the enrollment is over. */
async function settle(tx: Tx, enrollmentId: string, progress: Progress): Promise<boolean> {
  for (const visit of progress.state.unrecorded) await recordEnd(tx, enrollmentId, visit);
  progress.state = { ...progress.state, unrecorded: [] };
  const { state, graph, ref } = progress;
  return showSteered(tx, enrollmentId, { state, graph, version: ref.version });
}

/** Whoever enters again finds the enrollment closed, unless it stood still. */
const unpaused = (state: EnrollmentState): EnrollmentState => ({ ...state, pause: null });

/** Updates sent to the workflow from outside the API have no row yet. */
async function storeRequests(tx: Tx, { enrollmentId, requests }: SteerInput): Promise<void> {
  for (const { id, type, input } of requests)
    await orderCommand(tx, { id, enrollmentId, type, input, requestedBy: 'temporal' });
}

async function again(tx: Tx, progress: Progress, row: CommandRow): Promise<void> {
  const answer =
    row.status === 'applied' ? await answerTo(tx, progress, row, row.resolvedAt) : null;
  follow(progress, answer?.steered ?? null, answer?.target ?? null);
}

async function judge(
  tx: Tx,
  progress: Progress,
  row: CommandRow,
  { at, over }: { readonly at: Date; readonly over: boolean },
): Promise<void> {
  const number = progress.state.steered + 1;
  const answer = over
    ? { steered: { refused: 'command.ended' } as const, target: null }
    : await answerTo(tx, progress, row, at);
  const { steered } = answer;
  const refused = 'refused' in steered;
  const reason = refused
    ? reasonText(steered.refused, 'detail' in steered ? steered.detail : undefined)
    : null;
  const status = refused ? 'refused' : 'applied';
  // One before it may have ended the enrollment, which refused the rest.
  if (!(await judgeCommand(tx, row, { status, reason, number, at }))) return;
  if ('ends' in steered) await endEnrollment(tx, row.enrollmentId, { ...steered.ends, at });
  follow(progress, steered, answer.target);
}

interface Target {
  readonly graph: Graph;
  readonly ref: GraphRef;
}

async function answerTo(
  tx: Tx,
  { state, graph, ref }: Progress,
  row: CommandRow,
  at: Date | null,
): Promise<{ steered: Steered; target: Target | null }> {
  const command = readCommand(row.type, row.input);
  if (command === null) return { steered: { refused: 'command.invalid' }, target: null };
  const target = await targetOf(tx, ref, command);
  if (command.type === 'migrate' && target?.ref.version === ref.version)
    return { steered: { refused: 'command.same_version' }, target: null };
  const situation = { state, graph, at: (at ?? new Date(0)).getTime() };
  return { steered: steer(situation, command, target?.graph ?? null), target };
}

/** Indexed here: whoever waits for another connection in a transaction may hold the last one. */
async function targetOf(tx: Tx, ref: GraphRef, command: Command): Promise<Target | null> {
  if (command.type !== 'migrate') return null;
  const { version } = command.input;
  const stored = await loadVersion(tx, ref.workflowId, version);
  if (stored === null) return null;
  const graph = indexGraph(stored.definition as unknown as Definition);
  return { ref: { ...ref, version, hash: stored.contentHash }, graph };
}

function follow(progress: Progress, steered: Steered | null, target: Target | null): void {
  const steeredCount = progress.state.steered + 1;
  const state = steered !== null && 'state' in steered ? steered.state : progress.state;
  progress.state = { ...state, steered: steeredCount };
  if (target === null || steered === null || !('state' in steered)) return;
  progress.graph = target.graph;
  progress.ref = target.ref;
}

/** Somebody held by a pause of the whole workflow goes on once that is over. */
async function endHold(
  tx: Tx,
  progress: Progress,
  { workflowId, id }: EnrollmentRow,
  instant: number,
): Promise<void> {
  const { state, graph } = progress;
  if (state.pause?.by !== 'workflow') return;
  const { paused, late } = await workflowPause(tx, workflowId);
  if (paused) return;
  const steered = goOn({ state, graph, at: instant }, { clock: 'run', late });
  if ('state' in steered) progress.state = steered.state;
  if ('ends' in steered) await endEnrollment(tx, id, { ...steered.ends, at: new Date(instant) });
}
