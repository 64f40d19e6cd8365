/** Changes of a definition in the words of somebody who draws journeys, not of somebody who stores them. */
import type { Definition } from '../journey/definition';
import { durationText } from '../journey/duration';
import type { Json, JsonObject } from '../journey/json';
import { nodeTypes } from '../journey/nodes/index';
import { type Path, valueAt, writtenPath } from './path';

import type { ValueChange } from './value-diff';

export type ChangedPart = 'workflow' | 'trigger' | 'node' | 'edge' | 'goal' | 'settings' | 'test';

interface Told {
  readonly part: ChangedPart;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly id: string | null;
  readonly change: ValueChange;
  /** How many more settings of the same node change. */
  readonly siblings: number;
  /** The part as people would write it; absent where it was added or removed as a whole. */
  readonly written?: { readonly before: Json; readonly after: Json };
}

interface Both {
  readonly before: Definition;
  readonly after: Definition;
}

/** One change as a sentence. */
export function sentenceOf(both: Both, told: Told): string {
  const { part } = told;
  if (part === 'edge') return edgeSentence(both, told);
  if (part === 'node') return nodeSentence(both, told);
  if (part === 'workflow') return workflowSentence(told);
  if (part === 'settings') return valueSentence('In the settings', told);
  const name = nameOfMember(both, told);
  if (told.kind === 'changed') return valueSentence(`In the ${part} ${name}`, told);
  if (part === 'trigger') return triggerSentence(told);
  return `The ${part} ${name} is ${told.kind === 'added' ? 'new' : 'gone'}.`;
}

function workflowSentence(told: Told): string {
  const { before, after } = valuesOf(told);
  if (told.change.path[0] === 'name')
    return `The journey is called ${after} now (before: ${before}).`;
  return valueSentence('Of the journey', told);
}

function nameOfMember({ before, after }: Both, { part, id }: Told): string {
  const goals = part === 'goal' ? [...after.goals, ...before.goals] : [];
  return quoted(goals.find((goal) => goal.id === id)?.name ?? id ?? '');
}

function triggerSentence({ id, kind }: Told): string {
  if (id === 'manual')
    return `People ${kind === 'added' ? 'can' : 'cannot'} be enrolled by hand ${kind === 'added' ? 'now' : 'any more'}.`;
  return `The event ${quoted(id ?? '')} lets ${kind === 'added' ? 'people in now' : 'nobody in any more'}.`;
}

type Node = Definition['nodes'][number];

function nodeSentence({ before, after }: Both, told: Told): string {
  const old = before.nodes.find((node) => node.id === told.id);
  const now = after.nodes.find((node) => node.id === told.id);
  const node = now ?? old;
  if (node === undefined) throw new Error(`Neither definition has a node "${told.id}".`);
  const step = `The step ${quoted(node.name ?? node.id)}`;
  if (old === undefined || now === undefined) {
    const what = actOf(node, node.data);
    return `${step} is ${now ? 'new' : 'gone'}${what === null ? '' : `: ${what}`}.`;
  }
  const [first] = told.change.path;
  if (first === 'name')
    return `The step ${quoted(old.name ?? old.id)} is called ${quoted(now.name ?? now.id)} now.`;
  if (first === 'position') return `${step} is drawn elsewhere on the canvas.`;
  if (first === 'data' && told.siblings === 0 && old.type === now.type) {
    const [was, is] = [actOf(now, old.data), actOf(now, now.data)];
    if (was !== is && was !== null && is !== null)
      return `${step} does this now: ${is} (before: ${was}).`;
  }
  return valueSentence(`In the step ${quoted(node.name ?? node.id)}`, told);
}

/** What a node does, such as "wait 1 day"; null where its type has no words for it but its name. */
function actOf({ id, type, name }: Node, data: JsonObject): string | null {
  const label = name ?? id;
  const words = nodeTypes.get(type)?.label?.(data as never, label) ?? label;
  if (words === label) return null;
  return /^\p{Lu}\p{Ll}/u.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}

function edgeSentence({ before, after }: Both, { kind, id, change }: Told): string {
  const at = (id ?? '').lastIndexOf(':');
  const [source, port] = [(id ?? '').slice(0, at), (id ?? '').slice(at + 1)];
  const name = (definition: Definition, nodeId: unknown) => {
    if (nodeId === 'end') return 'the end';
    const found = definition.nodes.find((node) => node.id === nodeId);
    return quoted(found?.name ?? String(nodeId));
  };
  const way = port === 'next' ? '' : ` on the way ${quoted(port)}`;
  const begins = source === 'trigger';
  const from = begins
    ? 'The journey begins with'
    : `After ${name(after.nodes.some((node) => node.id === source) ? after : before, source)}${way} comes`;
  const target = (value: unknown) => (value as { target?: unknown } | undefined)?.target;
  if (kind === 'added') return `${from} ${name(after, target(change.after))} now.`;
  if (kind === 'removed') return `${from} ${name(before, target(change.before))} no longer.`;
  if (change.path[0] === 'target')
    return `${from} ${name(after, change.after)} now (before: ${name(before, change.before)}).`;
  return `The line behind ${begins ? 'the trigger' : name(after, source)}${way} is noted differently; it leads where it led.`;
}

/** Longer texts are not shown in a sentence. */
const LONGEST_VALUE = 80;

function valueSentence(where: string, told: Told): string {
  const { path } = told.change;
  const what = `${where}, ${fieldWords(path)}`;
  const { before, after } = valuesOf(told);
  if (before === 'none')
    return after === null ? `${what} is new.` : `${what} is ${after} now (before: none).`;
  if (after === 'none')
    return before === null ? `${what} is gone.` : `${what} is gone (before: ${before}).`;
  if (before === null || after === null) return `${what} is different now.`;
  return `${what} is ${after} now (before: ${before}).`;
}

/** `data.variants[1].weight` as "weight of variants 2". */
function fieldWords(path: Path): string {
  const [first, ...rest] = path;
  const names = (first === 'data' ? rest : path).reduce<string[]>((words, part) => {
    if (typeof part === 'string')
      return [
        ...words,
        part.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`),
      ];
    return [...words.slice(0, -1), `${words.at(-1) ?? 'number'} ${part + 1}`];
  }, []);
  return names.reverse().join(' of ') || 'everything';
}

/** Both values in words: `none` for an absent one, null for one that is too long to be read in a sentence. */
function valuesOf({ change, written }: Told): { before: string | null; after: string | null } {
  const shown = (side: 'before' | 'after') => {
    const value = change[side];
    const root = written?.[side];
    return value === undefined
      ? undefined
      : ((valueAt(root, writtenPath(root, change.path)) as Json | undefined) ?? value);
  };
  const [before, after] = [shown('before'), shown('after')];
  // A length of time that is the default has no words of its own: it is left out of what is written.
  const isTime = [
    [change.before, before],
    [change.after, after],
  ].some(([value, word]) => typeof value === 'number' && typeof word === 'string');
  const say = (value: Json | undefined) =>
    shownValue(isTime && typeof value === 'number' ? durationText(value) : value, isTime);
  return { before: say(before), after: say(after) };
}

function shownValue(value: Json | undefined, isTime: boolean): string | null {
  if (value === undefined) return 'none';
  if (typeof value === 'string') {
    const isShort = value.length <= LONGEST_VALUE && !value.includes('\n');
    return isShort ? (isTime ? value : quoted(value)) : null;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return String(value);
  if (value === null) return 'empty';
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  const text = isPlainList ? value.join(', ') || 'empty' : null;
  return text !== null && text.length <= LONGEST_VALUE ? text : null;
}

const quoted = (text: string) => `"${text}"`;
