/**
 * Ways out of a node that are written on the node itself, and the edges they are.
 *
 * 1. Edges come in the order of the nodes, and of the ways of each; listed edges come first.
 * 2. A way that says what a listed edge says is that edge.
 * 3. Nothing is decided about contradictions: both edges are drawn, and the graph's judge refuses them.
 */
import { list, object, type Place, scalar, type Written, type WrittenObject } from '../written';

/** A port and where it leads: to several nodes one after the other, or to the end when there are none. */
export interface Way {
  readonly port: string;
  readonly portPlace: Place;
  readonly place: Place;
  readonly targets: readonly Written[];
}

/** A node with what was written beside its canonical fields. */
export interface Step {
  readonly node: WrittenObject;
  readonly ways: Way[];
  /** Nothing comes next, and that is said: `next: null`, which draws no edge. */
  stops: boolean;
}

interface Edge {
  readonly source: string;
  readonly port: string;
  readonly target: string | null;
  readonly written: WrittenObject;
}

/** A way to what a field names: one id, a list of ids, or `end`. */
export function wayTo(port: string, written: Written, portPlace: Place = written.place): Way {
  const targets = written.kind === 'list' ? written.items : [written];
  return { port, portPlace, place: written.place, targets };
}

/** The id of a step; null where it has none, so that nothing can leave it. */
export function idOf({ node }: Step): string | null {
  const id = node.fields.get('id');
  return id?.kind === 'scalar' && typeof id.value === 'string' ? id.value : null;
}

/** Draws the ways of the steps, behind the edges that are listed. Adds no list where there is nothing to draw. */
export function drawWays(root: WrittenObject, steps: readonly Step[]): void {
  const listed = root.fields.get('edges');
  if (listed !== undefined && listed.kind !== 'list') return;
  const continued = continuedIn(steps);
  const drawn = steps.flatMap((step) => edgesOf(step, continued));
  if (listed === undefined && drawn.length === 0) return;
  const given = (listed?.items ?? []).map(keyOf);
  const seen = new Set(given);
  const added = drawn.filter((edge) => {
    const key = JSON.stringify([edge.source, edge.port, edge.target]);
    if (edge.target === null) return true;
    return !seen.has(key) && seen.add(key);
  });
  const items = [...(listed?.items ?? []), ...added.map(({ written }) => written)];
  root.fields.set('edges', list(listed?.place ?? root.place, items));
}

function edgesOf(step: Step, continued: ReadonlySet<string>): Edge[] {
  const id = idOf(step);
  if (id === null) return [];
  return step.ways.flatMap((way) => {
    // An empty list of what comes next says nothing where another list goes on from here.
    const goesOn = way.port === 'next' && continued.has(id);
    if (way.targets.length === 0) return goesOn ? [] : [toTheEnd(id, way)];
    return way.targets.map((target, index) => {
      const before = way.targets[index - 1];
      if (before === undefined) return edge(id, way.port, way.portPlace, target);
      return edge(textOf(before) ?? '', 'next', target.place, target);
    });
  });
}

function toTheEnd(source: string, way: Way): Edge {
  return edge(source, way.port, way.portPlace, scalar(way.place, 'end'));
}

function edge(source: string, port: string, portPlace: Place, target: Written): Edge {
  const { place } = target;
  const handle = port === 'next' ? undefined : scalar(portPlace, port);
  const written = object(place, [
    ['source', scalar(place, source)],
    ['sourceHandle', handle],
    ['target', target],
  ]);
  written.called.set('sourceHandle', portPlace);
  return { source, port, target: textOf(target), written };
}

/** The ids that some list names with another one behind them. */
function continuedIn(steps: readonly Step[]): ReadonlySet<string> {
  const named = steps.flatMap(({ ways }) => ways.flatMap(({ targets }) => targets.slice(0, -1)));
  return new Set(named.map(textOf).filter((id) => id !== null));
}

function keyOf(written: Written): string {
  if (written.kind !== 'object') return '';
  const [source, port, target] = ['source', 'sourceHandle', 'target'].map((name) => {
    const field = written.fields.get(name);
    return field === undefined ? null : textOf(field);
  });
  return JSON.stringify([source, port ?? 'next', target]);
}

function textOf(written: Written): string | null {
  return written.kind === 'scalar' && typeof written.value === 'string' ? written.value : null;
}
