/** The ways of writing a split: `ab_split { paths, weights }` and `split { splitType, branches }`. */
import { quoted } from '../findings';
import type { Notes } from '../notes';
import { didYouMean, suggestion } from '../suggest';
import {
  list,
  object,
  scalar,
  type Written,
  type WrittenList,
  type WrittenObject,
} from '../written';
import { calls, lowerText, put, rename, take, takeFirst, textOf } from '../written-fields';
import { groupOf } from './conditions';
import { type Step, wayTo } from './ways';

const SPLIT_TYPES = ['percentage', 'conditional'] as const;

/** `ab_split { paths, weights }`. */
export function readAbSplit(data: WrittenObject, step: Step, notes: Notes): void {
  if (data.fields.has('variants')) return;
  rename(data, 'branches', 'paths', notes);
  calls(data, 'variants', 'paths');
  data.alsoKnown.add('weights');
  const weights = take(data, 'weights');
  const paths = take(data, 'paths');
  if (paths?.kind !== 'list') return put(data, 'variants', paths);
  const variants = variantsOf(paths.items, weights, paths, step);
  if (weights !== undefined) checkWeights(weights, variants, notes);
  put(data, 'variants', variants);
}

/** Weights that belong to no path would be lost without a word. */
function checkWeights(weights: Written, { items }: WrittenList, notes: Notes): void {
  if (weights.kind === 'scalar') {
    const message = 'Expected a list of weights, or an object with a weight for each path.';
    return notes.error('wrong_type', weights.place, message);
  }
  if (weights.kind === 'list') {
    if (weights.items.length <= items.length) return;
    const message = `There are ${weights.items.length} weights for ${items.length} paths. Give one for each.`;
    return notes.error('wrong_value', weights.items[items.length]?.place ?? null, message);
  }
  const ports = items.flatMap((item) =>
    item.kind === 'object' ? (textOf(item, 'port') ?? []) : [],
  );
  for (const [port, weight] of weights.fields) {
    if (ports.includes(port)) continue;
    const found = suggestion(port, ports);
    const message = `There is no path ${quoted([port])} for this weight.${didYouMean(found)}`;
    notes.error('unknown_port', weight.place, message, found);
  }
}

/** `split { splitType: percentage | conditional, … }`; a conditional split is a switch. */
export function readSplit(data: WrittenObject, step: Step, notes: Notes): void {
  for (const name of ['splitType', 'branches', 'conditionalBranches', 'defaultBranch']) {
    data.alsoKnown.add(name);
  }
  const written = take(data, 'splitType');
  const type =
    lowerText(written) ?? (data.fields.has('conditionalBranches') ? 'conditional' : 'percentage');
  if (type === 'conditional') readConditional(data, step, notes);
  else if (type === 'percentage') {
    const branches = take(data, 'branches');
    calls(data, 'variants', written === undefined ? 'variants' : 'branches');
    if (branches?.kind !== 'list') put(data, 'variants', branches);
    else put(data, 'variants', variantsOf(branches.items, undefined, branches, step));
    dropEmpty(data, ['conditionalBranches', 'defaultBranch']);
  } else if (written !== undefined) {
    notes.notAChoice(written.place, type, SPLIT_TYPES);
  }
}

function variantsOf(
  items: readonly Written[],
  weights: Written | undefined,
  holder: Written,
  step: Step,
): WrittenList {
  const even = weights === undefined && !items.some(hasWeight);
  const variants = items.map((item, index) => {
    const variant =
      item.kind === 'object' ? branchOf(item, step) : object(item.place, [['port', item]]);
    const port = textOf(variant, 'port');
    const weight = takeFirst(variant, ['weight', 'percentage']) ?? weightAt(weights, index, port);
    put(variant, 'weight', weight ?? (even ? scalar(variant.place, 1) : undefined));
    return variant;
  });
  return list(holder.place, variants);
}

/** A branch with its port, and the way it leads taken off it. */
function branchOf(branch: WrittenObject, step: Step): WrittenObject {
  const id = takeFirst(branch, ['id', 'port']);
  const actions = take(branch, 'actions');
  calls(branch, 'port', 'id');
  branch.alsoKnown.add('actions').add('percentage');
  const port = id?.kind === 'scalar' && typeof id.value === 'string' ? id.value : null;
  put(branch, 'port', id);
  if (port !== null && actions !== undefined) step.ways.push(wayTo(port, actions, id?.place));
  return branch;
}

function hasWeight(item: Written): boolean {
  return item.kind === 'object' && (item.fields.has('weight') || item.fields.has('percentage'));
}

function weightAt(weights: Written | undefined, index: number, port?: string): Written | undefined {
  if (weights?.kind === 'list') return weights.items[index];
  return weights?.kind === 'object' && port !== undefined ? weights.fields.get(port) : undefined;
}

function readConditional(data: WrittenObject, step: Step, notes: Notes): void {
  const type = step.node.fields.get('type');
  step.node.fields.set('type', scalar(type?.place ?? step.node.place, 'switch'));
  const branches = takeFirst(data, ['conditionalBranches', 'branches']);
  const fallback = take(data, 'defaultBranch');
  calls(data, 'cases', 'conditionalBranches');
  dropEmpty(data, ['branches']);
  if (branches?.kind === 'list') {
    const cases = branches.items.map((item) =>
      item.kind === 'object' ? caseOf(item, step, notes) : item,
    );
    put(data, 'cases', list(branches.place, cases));
  } else put(data, 'cases', branches);
  if (fallback !== undefined) readDefault(fallback, step);
}

function caseOf(branch: WrittenObject, step: Step, notes: Notes): WrittenObject {
  branchOf(branch, step);
  rename(branch, 'conditions', 'condition', notes);
  const condition = branch.fields.get('condition');
  if (condition !== undefined) branch.fields.set('condition', groupOf(condition, notes));
  const name = take(branch, 'name');
  if (name !== undefined) {
    notes.warn('ignored_field', name.place, 'A case of a switch has no name; its id names it.');
  }
  return branch;
}

/** Where nobody's case leads: an id, a list of ids, `{ actions }`, or the id of one of the branches. */
function readDefault(fallback: Written, step: Step): void {
  const target = fallback.kind === 'object' ? take(fallback, 'actions') : fallback;
  if (target === undefined || (target.kind === 'scalar' && target.value === null)) return;
  const named = target.kind === 'scalar' && step.ways.find(({ port }) => port === target.value);
  if (named)
    step.ways.push({ ...named, port: 'default', portPlace: target.place, place: target.place });
  else step.ways.push(wayTo('default', target, fallback.place));
}

/** Forms keep the empty fields of the other kind of split. */
function dropEmpty(data: WrittenObject, names: readonly string[]): void {
  for (const name of names) {
    const field = data.fields.get(name);
    const isEmpty =
      (field?.kind === 'list' && field.items.length === 0) ||
      (field?.kind === 'scalar' && field.value === null);
    if (isEmpty) data.fields.delete(name);
  }
}
