/**
 * What a migration would do to somebody, told before it is done.
 *
 * Owns: the forecast. Does not own: the migration (migrate.ts, which it asks), who stands where (rows).
 *
 * Invariant: what rows do not tell is taken for the worse, so of those who are told to be sent something at once
 * some may not be, and nobody else is.
 */
import { type Graph, type GraphNode, waitOf } from './graph';
import type { Instant } from './json';
import { migrated } from './migrate';
import { reasonText } from './reason';
import { cursorAt, initialState } from './state';

/** A node on which somebody stands, as rows tell it. */
export interface Place {
  readonly node: string;
  /** When the visit began; null before it did. */
  readonly startedAt: Instant | null;
  /** Until when it waits; null when the rows do not say. */
  readonly until: Instant | null;
}

export interface Move {
  readonly graph: Graph;
  readonly target: Graph;
  readonly map: Readonly<Record<string, string>>;
  readonly at: Instant;
}

export type Would = 'waits' | 'goes_on_at_once' | 'begins_anew' | 'cannot_move';

export interface Foreseen {
  readonly node: string;
  /** The node on which she goes on; null when she cannot move. */
  readonly becomes: string | null;
  readonly would: Would;
  /** Why she cannot move, as a refused command says it. */
  readonly why: string | null;
  /** Whether she may be written to before she waits again. */
  readonly sends: boolean;
  readonly until: Instant | null;
}

/** What would become of each place of one person, in the order given. */
export function foresee(places: readonly Place[], { graph, target, map, at }: Move): Foreseen[] {
  const cursors = places.map(({ node, startedAt, ...place }, index) => {
    const from = startedAt === null ? at : anchorOf(graph.node(node), { ...place, startedAt });
    return { ...cursorAt(String(index), node, 1, from), entered: startedAt !== null };
  });
  const state = { ...initialState('', graph.entry, at), cursors };
  const steered = migrated({ state, graph, at }, target, map);
  if (!('state' in steered)) {
    const why = 'refused' in steered ? reasonText(steered.refused, steered.detail) : null;
    return places.map(({ node }) => {
      return { node, becomes: null, would: 'cannot_move', why, sends: false, until: null };
    });
  }
  return steered.state.cursors.map((after, index) => {
    const [before, place] = [cursors[index], places[index]];
    const node = place?.node ?? after.node;
    const into = target.node(after.node);
    const moved = { node, becomes: after.node, why: null };
    if (before?.entered !== true)
      return {
        ...moved,
        would: 'goes_on_at_once',
        sends: writesSoon(target, after.node),
        until: null,
      };
    if (!after.entered)
      return {
        ...moved,
        would: 'begins_anew',
        sends: writesSoon(target, after.node),
        until: deadline(into, at),
      };
    return {
      ...moved,
      ...keeping(
        graph.node(node),
        into,
        { anchor: after.anchor, at, until: place?.until ?? null },
        { graph, target },
      ),
    };
  });
}

/** Somebody who was paused began later than her visit: then only the end that her row shows tells when. */
function anchorOf(node: GraphNode, { startedAt, until }: Omit<Place, 'node'>): Instant {
  const span = deadline(node, 0);
  return until === null || span === null ? (startedAt ?? 0) : until - span;
}

/** When the node's wait is over, where that is known without facts. */
function deadline(node: GraphNode, anchor: Instant): Instant | null {
  return waitOf(node, anchor)?.until ?? null;
}

interface Kept {
  readonly anchor: Instant;
  readonly at: Instant;
  readonly until: Instant | null;
}

/** A visit that goes on in the new version. */
function keeping(
  before: GraphNode,
  after: GraphNode,
  { anchor, at, until }: Kept,
  { graph, target }: Pick<Move, 'graph' | 'target'>,
): Pick<Foreseen, 'would' | 'sends' | 'until'> {
  const behind = () => target.successors(after.id).some((id) => writesSoon(target, id));
  const isEffect = after.type.kind === 'effect';
  if (isEffect) {
    // Quiet hours, caps and pauses between attempts are judged anew where the move wakes her, to the same end.
    if (until !== null && until > at && rulesAlike(before, after, { graph, target }))
      return { would: 'waits', sends: false, until };
    return {
      would: 'goes_on_at_once',
      sends: after.type.writesToContact === true || behind(),
      until: null,
    };
  }
  const known = deadline(after, anchor);
  if (known !== null && known <= at)
    return { would: 'goes_on_at_once', sends: behind(), until: null };
  const same = known === null ? sameText(before.config, after.config) : asksTheSame(before, after);
  return { would: 'waits', sends: !same && behind(), until: known ?? (same ? until : null) };
}

/** Whether both versions send, and hold back, alike. */
function rulesAlike(
  before: GraphNode,
  after: GraphNode,
  { graph, target }: Pick<Move, 'graph' | 'target'>,
): boolean {
  const { settings: old } = graph.definition;
  return sameText([before.config, old], [after.config, target.definition.settings]);
}

/** Whether facts end both visits alike: the same events and conditions. */
function asksTheSame(before: GraphNode, after: GraphNode): boolean {
  return sameText(asked(before), asked(after));
}

function asked({ type, config }: GraphNode): unknown {
  return [type.awaits?.(config, {}), type.watches?.(config), type.joins?.(config)];
}

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether somebody put before a node may be written to before she surely waits. */
function writesSoon(graph: Graph, from: string): boolean {
  const seen = new Set<string>();
  const ahead = [from];
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const node = graph.node(id);
    if (node.type.writesToContact === true) return true;
    if (!holds(node)) ahead.push(...graph.successors(id));
  }
  return false;
}

/** Whether a visit surely takes time: no fact of the past ends it, and no condition skips it. */
function holds({ type, config, executeIf }: GraphNode): boolean {
  return executeIf === null && type.awaits === undefined && type.takesTime?.(config) === true;
}
