/**
 * Draws a tree as a graph, from its end to its beginning, so every step knows what comes behind it. Ways back
 * exist in loops only, and forks nest, so the graph is valid by how it is drawn.
 */
import { nodeTypes } from '../../src/journey/nodes/index';
import { Drawing, type DrawnGraph } from './drawing';
import type { Block, Fork, Loop, Single, Way } from './random-tree';

/** The graph of a tree. */
export function drawn(block: Block): DrawnGraph {
  const drawing = new Drawing();
  const entry = drawBlock(drawing, block, 'end', 0);
  return drawing.from(entry);
}

/** Draws steps from the last to the first; answers where a path enters them. `depth` counts joined forks around. */
function drawBlock(drawing: Drawing, block: Block, rest: string, depth: number): string {
  return block.reduceRight((target, step) => {
    if (step.kind === 'fork') return drawFork(drawing, step, target, depth);
    if (step.kind === 'loop') return drawLoop(drawing, step, target, depth);
    return drawSingle(drawing, step, target, depth);
  }, rest);
}

/** Draws where a port leads. */
function drawWay(
  drawing: Drawing,
  [source, port]: readonly [string, string],
  way: Way,
  rest: string,
  depth: number,
): void {
  if (way === 'open') return;
  const inline = typeof way !== 'string';
  const target = inline ? drawBlock(drawing, way, rest, depth) : way === 'end' ? 'end' : rest;
  drawing.edge(source, port, target);
}

function drawSingle(drawing: Drawing, step: Single, rest: string, depth: number): string {
  const { node, ways, skip, error, retry } = step;
  const type = nodeTypes.get(node.type);
  const jumps = type?.jumpsTo !== undefined;
  const isEffect = type?.kind === 'effect';
  const data = jumps ? { target: rest } : node.data;
  const id = drawing.add({ type: node.type, data }, depth, {
    ...(skip === null || jumps ? {} : { executeIf: skip }),
    ...(isEffect && retry ? { retry: { maxAttempts: 2, jitter: false }, timeout: '10s' } : {}),
  });
  const lead = (port: string, way: Way) => drawWay(drawing, [id, port], way, rest, depth);
  if (!jumps) {
    const ports = drawing.portsOf(id);
    for (const [index, port] of ports.entries()) lead(port, ways[index % ways.length] ?? 'rest');
    if (skip !== null && !ports.includes('next')) lead('next', ways[0] ?? 'rest');
  }
  lead('error', error);
  return id;
}

function drawFork(drawing: Drawing, step: Fork, rest: string, depth: number): string {
  const { branches, late } = step;
  const join = branches.some(({ joins }) => joins) ? step.join : null;
  const joined = join && drawing.add({ type: 'join', data: join }, depth + 1);
  if (joined !== null) {
    drawing.edge(joined, 'next', rest);
    if (join?.timeout !== undefined) drawWay(drawing, [joined, 'timed_out'], late, rest, depth);
  }
  // What follows an unjoined fork may be shared by its branches only where no join waits around it.
  const apart = depth === 0 ? rest : 'end';
  const ports = branches.map((_, index) => `b${index}`);
  const id = drawing.add({ type: 'parallel', data: { branches: ports } }, depth);
  for (const [index, { block, joins }] of branches.entries()) {
    const target = joined === null ? apart : joins ? joined : 'end';
    const inner = joined === null ? depth : depth + 1;
    drawing.edge(id, `b${index}`, drawBlock(drawing, block, target, inner));
  }
  return id;
}

function drawLoop(
  drawing: Drawing,
  { body, pause: wait, again, byJump }: Loop,
  rest: string,
  depth: number,
): string {
  const waits = drawing.add(wait, depth);
  const asks = drawing.add({ type: 'condition', data: { condition: again } }, depth);
  for (const port of drawing.portsOf(waits)) drawing.edge(waits, port, asks);
  drawing.edge(asks, 'false', rest);
  const start = drawBlock(drawing, body, waits, depth);
  const back = byJump ? drawing.add({ type: 'go_to', data: { target: start } }, depth) : start;
  drawing.edge(asks, 'true', back);
  return start;
}
