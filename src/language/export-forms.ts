/**
 * The nodes and edges of a definition in the forms `steps` and `actions`.
 *
 * Nothing is lost: what a form cannot say about edges, their ids and their order stands in a list of
 * `edges` beside it. Which edges that are is found by reading the form again.
 */
import type { Json, JsonObject } from '../journey/json';
import { normalize } from './normalize';
import { harvest } from './written';

/** A definition in graph form, as JSON that people write. */
export interface GraphJson extends JsonObject {
  readonly nodes: readonly JsonObject[];
  readonly edges: readonly JsonObject[];
}

export type ListForm = 'steps' | 'actions';

const END = 'end';

/** The same definition with its nodes as steps or actions. */
export function asList(graph: GraphJson, form: ListForm): JsonObject {
  const { nodes, edges, ...rest } = graph;
  const write = form === 'steps' ? writeStep : writeAction;
  const listed = nodes.map((node, index) =>
    write(named(node), edgesFrom(node, edges), nodes[index + 1]),
  );
  const drawn = drawnBy({ ...rest, [form]: listed });
  const beside = edgesBeside(edges, drawn);
  const entries = Object.entries(graph).flatMap(([name, value]): [string, Json][] => {
    if (name === 'nodes') return [[form, listed]];
    return name === 'edges' ? (beside.length === 0 ? [] : [['edges', beside]]) : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** A node whose settings are called `config`; empty ones are left out. */
function named(node: JsonObject): JsonObject {
  const entries = Object.entries(node).flatMap(([name, value]): [string, Json][] => {
    if (name !== 'data') return [[name, value]];
    return Object.keys(value as JsonObject).length === 0 ? [] : [['config', value]];
  });
  return Object.fromEntries(entries);
}

function edgesFrom(node: JsonObject, edges: readonly JsonObject[]): readonly JsonObject[] {
  return edges.filter(({ source }) => source === node.id);
}

const portOf = ({ sourceHandle }: JsonObject): string =>
  typeof sourceHandle === 'string' ? sourceHandle : 'next';
const targetOf = ({ target }: JsonObject): string => (typeof target === 'string' ? target : END);

function writeStep(
  step: JsonObject,
  edges: readonly JsonObject[],
  after: JsonObject | undefined,
): JsonObject {
  const next = edges.find((edge) => portOf(edge) === 'next');
  const others = edges.filter((edge) => edge !== next);
  const branches = Object.fromEntries(others.map((edge) => [portOf(edge), targetOf(edge)]));
  const ways = [nextOf(step, next, after), others.length === 0 ? {} : { branches }];
  // Ways are read in the order in which they are written.
  if (next !== undefined && edges[0] !== next) ways.reverse();
  return Object.assign({}, step, ...ways) as JsonObject;
}

/** Says nothing where the step goes on to the one after it by itself, and says that nothing follows. */
function nextOf(
  step: JsonObject,
  next: JsonObject | undefined,
  after: JsonObject | undefined,
): JsonObject {
  const target = next === undefined ? null : targetOf(next);
  const implied = after === undefined ? null : impliedNext(step, after);
  return target === implied ? {} : { next: target };
}

/** What reading the two steps alone says about the first one. */
function impliedNext(step: JsonObject, after: JsonObject): string | null {
  const [edge] = drawnBy({ steps: [step, after] }).filter(({ source }) => source === step.id);
  return edge === undefined ? null : targetOf(edge);
}

const LISTS = new Map([
  ['next', 'onSuccess'],
  ['error', 'onFailure'],
]);
const ANSWERS = new Map([
  ['true', 'trueBranch'],
  ['false', 'falseBranch'],
]);

function writeAction(action: JsonObject, edges: readonly JsonObject[]): JsonObject {
  const ways = new Map<string, Json>();
  const branches: JsonObject[] = [];
  for (const edge of edges) {
    const port = portOf(edge);
    const name = LISTS.get(port) ?? (action.type === 'condition' ? ANSWERS.get(port) : undefined);
    const target = targetOf(edge) === END ? [] : [targetOf(edge)];
    if (name !== undefined) ways.set(name, target);
    else {
      branches.push({ id: port, actions: target });
      ways.set('branches', branches);
    }
  }
  return { ...action, ...Object.fromEntries(ways) };
}

function drawnBy(definition: JsonObject): readonly JsonObject[] {
  const { edges } = harvest(normalize(definition).tree) as { edges?: readonly JsonObject[] };
  return edges ?? [];
}

/**
 * The edges to list: those in front of the longest tail that the form draws by itself in this order,
 * since listed edges come first and the drawn ones that are not among them follow.
 */
function edgesBeside(
  edges: readonly JsonObject[],
  drawn: readonly JsonObject[],
): readonly JsonObject[] {
  const places = new Map(drawn.map((edge, index) => [keyOf(edge), index]));
  let start = edges.length;
  for (let after = drawn.length; start > 0; start -= 1) {
    const edge = edges[start - 1] as JsonObject;
    const place = edge.id === undefined ? places.get(keyOf(edge)) : undefined;
    if (place === undefined || place >= after) break;
    after = place;
  }
  return edges.slice(0, start);
}

function keyOf(edge: JsonObject): string {
  return JSON.stringify([edge.source, portOf(edge), edge.target]);
}
