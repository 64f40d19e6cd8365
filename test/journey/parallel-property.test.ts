/** Forks and joins of any shape end when arithmetic says so, however often a fresh history begins. */
import fc from 'fast-check';
import { hours, walkTwice } from '../support/walk';

/** A stretch of a journey: it ends when its parts have, or is dead where a branch ended for good. */
type Shape =
  | { readonly kind: 'wait'; readonly length: number }
  | { readonly kind: 'dead'; readonly length: number }
  | { readonly kind: 'chain'; readonly parts: readonly Shape[] }
  | {
      readonly kind: 'fork';
      readonly need: 'all' | 'any' | number;
      readonly parts: readonly Shape[];
    };

interface End {
  readonly at: number;
  readonly alive: boolean;
}

function endOf(shape: Shape, start: number): End {
  if (shape.kind === 'wait') return { at: start + shape.length, alive: true };
  if (shape.kind === 'dead') return { at: start + shape.length, alive: false };
  if (shape.kind === 'chain') {
    return shape.parts.reduce<End>((end, part) => (end.alive ? endOf(part, end.at) : end), {
      at: start,
      alive: true,
    });
  }
  const ends = shape.parts.map((part) => endOf(part, start));
  const arrivals = ends.filter(({ alive }) => alive).map(({ at }) => at);
  const need = shape.need === 'any' ? 1 : shape.need === 'all' ? Infinity : shape.need;
  const enough = arrivals.toSorted((a, b) => a - b)[need - 1];
  if (enough !== undefined) return { at: enough, alive: true };
  return { at: Math.max(...ends.map(({ at }) => at)), alive: arrivals.length > 0 };
}

/** The shape as nodes and edges; returns where it begins and from where it goes on. */
class Drawing {
  readonly nodes: Record<string, readonly [type: string, data: object]> = {};
  readonly edges: string[] = [];
  #named = 0;

  node(type: string, data: object = {}): string {
    const id = `${type}-${(this.#named += 1)}`;
    this.nodes[id] = [type, data];
    return id;
  }

  draw(shape: Shape): { readonly from: string; readonly to: string | null } {
    if (shape.kind === 'wait' || shape.kind === 'dead') {
      const id = this.node('wait', { for: `${shape.length}h` });
      return { from: id, to: shape.kind === 'wait' ? id : null };
    }
    return shape.kind === 'chain' ? this.#chain(shape.parts) : this.#fork(shape);
  }

  #chain(parts: readonly Shape[]): { from: string; to: string | null } {
    const [first, ...rest] = parts.map((part) => this.draw(part));
    if (first === undefined) throw new Error('A chain has a part.');
    const { from } = first;
    let { to } = first;
    for (const part of rest) {
      this.edges.push(`${to ?? ''} -> ${part.from}`);
      to = part.to;
    }
    return { from, to };
  }

  #fork({ need, parts }: Shape & { kind: 'fork' }): { from: string; to: string | null } {
    const branches = parts.map((_, index) => `b${index}`);
    const from = this.node('parallel', { branches });
    const drawn = parts.map((part) => this.draw(part));
    for (const [index, { from: first }] of drawn.entries())
      this.edges.push(`${from}:b${index} -> ${first}`);
    const arriving = drawn.flatMap(({ to }) => to ?? []);
    if (arriving.length === 0) return { from, to: null };
    const to = this.node('join', { wait: need });
    this.edges.push(...arriving.map((last) => `${last} -> ${to}`));
    return { from, to };
  }
}

const length = fc.integer({ min: 1, max: 12 });

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'shape' },
    length.map((hours): Shape => ({ kind: 'wait', length: hours })),
    fc
      .array(tie('shape'), { minLength: 1, maxLength: 3, depthIdentifier: 'shape' })
      .map((parts): Shape => ({ kind: 'chain', parts })),
    fc
      .record({
        need: fc.constantFrom('all' as const, 'any' as const, 1, 2, 3),
        parts: fc.array(tie('shape'), { minLength: 2, maxLength: 3, depthIdentifier: 'shape' }),
        dead: fc.option(length, { freq: 3 }),
      })
      .map(({ need, parts, dead }): Shape => {
        const all: Shape[] = [...parts];
        if (dead !== null) all.push({ kind: 'dead', length: dead });
        return {
          kind: 'fork',
          need: typeof need === 'number' ? Math.min(need, parts.length) : need,
          parts: all,
        };
      }),
  ),
}));

const nodesOf = (drawn: Shape): number =>
  'parts' in drawn ? drawn.parts.reduce((sum, part) => sum + nodesOf(part), 2) : 1;

it('ends when the model says, with every visit over', async () => {
  await fc.assert(
    fc.asyncProperty(
      shape.filter((drawn) => nodesOf(drawn) < 90),
      async (drawn) => {
        const drawing = new Drawing();
        const { from, to } = drawing.draw({ kind: 'chain', parts: [drawn] });
        const done = drawing.node('add_tag', { tag: 'done' });
        drawing.edges.push(`trigger -> ${from}`, `${to ?? ''} -> ${done}`);
        const end = endOf(drawn, 0);
        for (const { status, endedAt, contact, steps } of await walkTwice(drawing)) {
          expect({ status, endedAt }).toEqual({ status: 'completed', endedAt: hours(end.at) });
          expect(contact.tags).toEqual(end.alive ? ['done'] : []);
          expect(steps.filter((step) => step.endedAt === null)).toEqual([]);
        }
      },
    ),
    { numRuns: 150 },
  );
});
