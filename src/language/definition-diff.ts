/**
 * What differs between two definitions in canonical form, and each difference in a sentence.
 *
 * 1. A definition does not differ from itself, nor from one whose nodes, edges, goals, triggers or tests stand in
 *    another order; unless the order decides where people begin.
 * 2. Every value that differs lies at or below the path of a change, and at the path of every change something differs.
 */
import { type Definition, definitionSchema } from '../journey/definition';
import { entryOf } from '../journey/graph';
import type { Json, JsonObject } from '../journey/json';
import { canonicalJson } from './content-hash';
import { type ChangedPart, sentenceOf } from './diff-sentences';
import { readableNode } from './export-definition';
import { type Path, pathText } from './path';
import { readable } from './readable';
import { fieldOf } from './schema-shape';
import { type ValueChange, valueChanges } from './value-diff';

export interface DefinitionChange {
  readonly part: ChangedPart;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Which node, edge, goal, trigger or test; null for the workflow and its settings. */
  readonly id: string | null;
  /** The value inside it; null where it was added or removed as a whole. */
  readonly path: string | null;
  readonly before?: Json;
  readonly after?: Json;
  /** The change as one would tell it to a colleague. */
  readonly sentence: string;
}

/** Every change that leads from one definition to another; the same ones in the same order each time. */
export function diffDefinitions(before: Definition, after: Definition): DefinitionChange[] {
  const both: Both = { before, after };
  return [
    ...valueDiff(both, 'workflow', head(before), head(after)),
    ...listDiff(both, 'trigger', paired(triggersOf(before), triggersOf(after))),
    ...listDiff(both, 'node', paired(byId(before.nodes), byId(after.nodes))),
    ...listDiff(both, 'edge', paired(edgesOf(before), edgesOf(after))),
    ...entryDiff(both),
    ...listDiff(both, 'goal', paired(byId(before.goals), byId(after.goals))),
    ...valueDiff(both, 'settings', json(before.settings), json(after.settings)),
    ...listDiff(both, 'test', paired(testsOf(before), testsOf(after))),
  ];
}

interface Both {
  readonly before: Definition;
  readonly after: Definition;
}

interface Member {
  readonly id: string;
  readonly value: JsonObject;
}

const json = (value: unknown) => value as JsonObject;
const byId = (list: readonly { readonly id: string }[]): Member[] =>
  list.map((value) => ({ id: value.id, value: json(value) }));
const edgesOf = ({ edges }: Definition): Member[] =>
  edges.map((edge) => ({ id: `${edge.source}:${edge.sourceHandle ?? 'next'}`, value: json(edge) }));
const testsOf = ({ tests = [] }: Definition): Member[] =>
  tests.map((test) => ({ id: test.name, value: json(test) }));
const triggersOf = ({ triggers }: Definition): Member[] =>
  triggers.map((each) => ({
    id: each.type === 'event' ? each.event : each.type,
    value: json(each),
  }));

function head({ key, name, description }: Definition): JsonObject {
  return { key, name, ...(description === undefined ? {} : { description }) };
}

type Pair = readonly [Member | undefined, Member | undefined];

/** Members that are one another's earlier and later form: of equal ids, those that are equal first. */
function paired(before: readonly Member[], after: readonly Member[]): Pair[] {
  const left = new Map<string, Member[]>();
  for (const now of after) left.set(now.id, [...(left.get(now.id) ?? []), now]);
  const take = (id: string, fits: (member: Member) => boolean) => {
    const sameId = left.get(id) ?? [];
    const index = sameId.findIndex(fits);
    return index < 0 ? undefined : sameId.splice(index, 1)[0];
  };
  const equals = before.map(({ id, value }) => {
    const text = canonicalJson(value);
    return take(id, (now) => canonicalJson(now.value) === text);
  });
  const pairs = before.map((old, index): Pair => [old, equals[index] ?? take(old.id, () => true)]);
  const added = after.filter((now) => left.get(now.id)?.includes(now));
  return [...pairs, ...added.map((now): Pair => [undefined, now])];
}

function listDiff(both: Both, part: ChangedPart, pairs: readonly Pair[]): DefinitionChange[] {
  return pairs.flatMap(([old, now]) => {
    const id = (old ?? now)?.id ?? null;
    if (old && now) return valueDiff(both, part, old.value, now.value, id);
    const change: ValueChange = {
      path: [],
      ...(old ? { before: old.value } : {}),
      ...(now ? { after: now.value } : {}),
    };
    return [told(both, { part, id, change, siblings: 0 })];
  });
}

/** Where the canvas draws a node is one thing, not two. */
const isWhole = ([first]: Path) => first === 'position';

function valueDiff(
  both: Both,
  part: ChangedPart,
  before: JsonObject,
  after: JsonObject,
  id: string | null = null,
): DefinitionChange[] {
  const changes = valueChanges(before, after, isWhole);
  const written = { before: inWords(part, before), after: inWords(part, after) };
  const siblings = changes.filter(({ path: [first] }) => first === 'data').length - 1;
  return changes.map((change) => told(both, { part, id, change, siblings, written }));
}

function told(both: Both, about: Omit<Parameters<typeof sentenceOf>[1], 'kind'>): DefinitionChange {
  const { part, id, change } = about;
  const { path, ...values } = change;
  const isMember = id !== null && path.length === 0;
  const kind = isMember ? ('before' in values ? 'removed' : 'added') : 'changed';
  return {
    ...{ part, kind, id, path: path.length === 0 ? null : pathText(path) },
    ...values,
    sentence: sentenceOf(both, { ...about, kind }),
  };
}

/** Without an edge from the trigger it may be the order of the nodes that says where people begin. */
function entryDiff(both: Both): DefinitionChange[] {
  const [before, after] = [entryOf(both.before), entryOf(both.after)];
  const isDrawn = [both.before, both.after].some(({ edges }) =>
    edges.some(({ source }) => source === 'trigger'),
  );
  if (before === after || isDrawn) return [];
  const change: ValueChange = { path: ['target'], before, after };
  return [told(both, { part: 'edge', id: 'trigger:next', change, siblings: 0 })];
}

/** The part as people would write it, for the values in the sentences. */
function inWords(part: ChangedPart, value: JsonObject): Json {
  if (part === 'node') return readableNode(value as unknown as Definition['nodes'][number]);
  const schema = {
    ...{
      goal: definitionSchema.shape.goals.unwrap().element,
      settings: fieldOf(definitionSchema, 'settings'),
    },
    ...{ trigger: definitionSchema.shape.triggers.element, test: undefined },
    ...{ workflow: undefined, edge: undefined },
  }[part];
  return schema === undefined ? value : (readable(value, schema) ?? value);
}
