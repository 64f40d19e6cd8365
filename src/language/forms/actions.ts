/**
 * Form `actions`: each action names the actions behind it, as lists that run one after the other.
 * An action without `onSuccess` ends, unless a list goes on from it.
 */
import { take, textOf } from '../written-fields';
import type { Written, WrittenList, WrittenObject } from '../written';
import { type Step, type Way, wayTo } from './ways';

/** What a field of an action leads to, by the port it stands for. */
const WAYS = new Map([
  ['onSuccess', 'next'],
  ['onFailure', 'error'],
]);
const ANSWERS = new Map([
  ['trueBranch', 'true'],
  ['falseBranch', 'false'],
]);

/** Takes the ways off an action, in the order in which they are written. */
export function readAction(step: Step): void {
  readWays(step.node, new Map([...WAYS, ...ANSWERS]), step, true);
}

/** `trueBranch` and `falseBranch`, wherever they are written. */
export function readAnswers(holder: WrittenObject, step: Step): void {
  readWays(holder, ANSWERS, step, false);
}

function readWays(
  holder: WrittenObject,
  ports: ReadonlyMap<string, string>,
  step: Step,
  withBranches: boolean,
): void {
  for (const name of [...ports.keys(), ...(withBranches ? ['branches'] : [])]) {
    holder.alsoKnown.add(name);
  }
  for (const name of [...holder.fields.keys()]) {
    const port = ports.get(name);
    if (port !== undefined) readWay(holder, name, port, step);
    else if (withBranches && name === 'branches') readBranches(holder, step);
  }
}

function readWay(holder: WrittenObject, name: string, port: string, { ways }: Step): void {
  const written = take(holder, name);
  if (written !== undefined && !isNull(written)) ways.push(wayTo(port, written));
}

/** Branches that say more than where they lead configure the node, and are read with its data. */
function readBranches(node: WrittenObject, step: Step): void {
  const branches = take(node, 'branches');
  const data = node.fields.get('data');
  if (branches === undefined) return;
  const configures = branches.kind === 'list' && describesBranches(branches);
  if (configures && data?.kind === 'object' && !data.fields.has('branches')) {
    data.fields.set('branches', branches);
  } else step.ways.push(...waysOfBranches(branches));
}

/** Where branches lead: `{ port: id }`, or a list of `{ id, actions }`. */
export function waysOfBranches(branches: Written): Way[] {
  if (branches.kind === 'object') {
    return [...branches.fields].map(([port, target]) => wayTo(port, target));
  }
  if (branches.kind === 'scalar') return [];
  return branches.items.flatMap((branch) => (branch.kind === 'object' ? waysOfBranch(branch) : []));
}

function waysOfBranch(branch: WrittenObject): Way[] {
  const port = textOf(branch, 'id');
  const actions = take(branch, 'actions');
  if (port === undefined || actions === undefined) return [];
  return [wayTo(port, actions, branch.fields.get('id')?.place ?? branch.place)];
}

/** Whether branches say more than where they lead, so that they configure the node. */
function describesBranches({ items }: WrittenList): boolean {
  return items.some(
    (item) =>
      item.kind === 'object' &&
      [...item.fields.keys()].some((name) => name !== 'id' && name !== 'actions'),
  );
}

function isNull(written: Written): boolean {
  return written.kind === 'scalar' && written.value === null;
}
