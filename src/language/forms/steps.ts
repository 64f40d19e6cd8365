/** Form `steps`: a list in which each step goes on to the one after it, unless it says otherwise. */
import { type NodeType, portsOf } from '../../journey/node-type';
import { nodeTypes } from '../../journey/nodes/index';
import { harvest, scalar, type Written, type WrittenObject } from '../written';
import { textOf } from '../written-fields';
import { idOf, type Step, wayTo } from './ways';

/** Takes `next` and `branches` off a step, as ways, in the order in which they are written. */
export function readStep(step: Step): void {
  const { node } = step;
  node.alsoKnown.add('next').add('branches');
  for (const [name, written] of [...node.fields]) {
    if (name === 'next') readNext(written, step);
    else if (name === 'branches' && written.kind === 'object') {
      node.fields.delete('branches');
      for (const [port, target] of written.fields) step.ways.push(wayTo(port, target));
    }
  }
}

function readNext(next: Written, step: Step): void {
  step.node.fields.delete('next');
  step.stops = next.kind === 'scalar' && next.value === null;
  if (!step.stops) step.ways.push(wayTo('next', next));
}

/** Lets each step that says nothing of what comes next go on to the one after it. */
export function followOneAnother(steps: readonly Step[], listed: ReadonlySet<string>): void {
  for (const [index, step] of steps.entries()) {
    const after = steps[index + 1];
    const next = after === undefined ? null : idOf(after);
    const id = idOf(step);
    if (next === null || id === null || listed.has(id) || step.stops) continue;
    if (step.ways.some(({ port }) => port === 'next') || !goesOn(step)) continue;
    step.ways.unshift(wayTo('next', scalar(step.node.place, next)));
  }
}

/**
 * A node whose open ports end there does not go on by itself, nor one that jumps, nor one of whose ports
 * each has a branch: an edge that nobody takes would hide the steps that nobody reaches.
 */
function goesOn({ node, ways }: Step): boolean {
  const type = nodeTypes.get(textOf(node, 'type') ?? '');
  if (type === undefined) return true;
  if (type.missingEdge === 'end' || type.jumpsTo !== undefined) return false;
  const ports = writtenPorts(type, node);
  return ports === null || !ports.every((port) => ways.some((way) => way.port === port));
}

/** The ports that a node's settings name; null while those are not valid. */
function writtenPorts(type: NodeType, node: WrittenObject): readonly string[] | null {
  const data = node.fields.get('data');
  const parsed = type.config.safeParse(data === undefined ? {} : harvest(data));
  return parsed.success ? portsOf(type, parsed.data) : null;
}
