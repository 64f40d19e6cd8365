import { parseDefinition } from '../../src/language/parse-definition';
import { sketched } from '../support/define';

type Sketch = Parameters<typeof sketched>[0];

const codes = (sketch: Sketch) =>
  parseDefinition(sketched(sketch)).errors.map(
    ({ code, path }) => `${code.replace('definition.', '')} ${path}`,
  );

const condition = { field: 'email', operator: 'exists' };
const ask = (count: number) => ({
  ask: ['condition', { condition: Array.from({ length: count }, () => condition) }] as const,
});

test('a wait lasts 365 days at most', () => {
  expect(codes({ nodes: { a: ['wait', { for: '365d' }] } })).toEqual([]);
  expect(codes({ nodes: { a: ['wait', { for: '366d' }] } })).toEqual([
    'wrong_value nodes[0].data.for',
  ]);
});

test('a group has ten conditions per level, and groups nest', () => {
  expect(codes({ nodes: ask(10) })).toEqual([]);
  expect(codes({ nodes: ask(11) })).toEqual(['wrong_value nodes[0].data.condition']);
  const nested = {
    operator: 'OR',
    conditions: Array.from({ length: 10 }, () => [condition, condition]),
  };
  expect(codes({ nodes: { ask: ['condition', { condition: nested }] } })).toEqual([]);
});

test('a visit limit is a whole number from 1 to 10,000', () => {
  const nodes = { a: ['wait', { for: '1h' }] as const };
  for (const visitLimit of [1, 10_000])
    expect(codes({ nodes, settings: { visitLimit } })).toEqual([]);
  for (const visitLimit of [0, 10_001, 1.5])
    expect(codes({ nodes, settings: { visitLimit } })).toHaveLength(1);
});

test('a dense graph of forks and joins is judged without following every path', () => {
  const ids = Array.from({ length: 99 }, (_, index) => `n${index}`);
  const ports = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const nodes = Object.fromEntries(
    ids.map((id, index) => [
      id,
      index % 3 === 2 ? (['join', {}] as const) : (['parallel', { branches: ports }] as const),
    ]),
  );
  const edges = ids.flatMap((id, index) =>
    index % 3 === 2
      ? [`${id} -> n${(index * 7) % 99}`]
      : ports.map((port, branch) => `${id}:${port} -> n${(index * branch + branch) % 99}`),
  );
  expect(codes({ nodes, edges: ['trigger -> n0', ...edges] }).length).toBeGreaterThan(0);
});
