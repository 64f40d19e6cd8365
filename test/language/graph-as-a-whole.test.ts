import { parseDefinition } from '../../src/language/parse-definition';
import { cart, errorsOf, mail, tag, wait } from './cart';

describe('the graph as a whole', () => {
  test('edges to and from nothing are dangling, with the node that was meant', () => {
    const edges = [
      { source: 'pause', target: 'remnid' },
      { source: 'puase', target: 'remind' },
    ];
    expect(errorsOf(cart({ edges }))).toEqual(
      expect.arrayContaining([
        { code: 'definition.dangling_edge', path: 'edges[0].target', suggestion: 'remind' },
        { code: 'definition.dangling_edge', path: 'edges[1].source', suggestion: 'pause' },
      ]),
    );
  });

  test('an edge may lead to the end, not start there, and not lead to the trigger', () => {
    const edges = [
      { source: 'pause', target: 'remind' },
      { source: 'remind', target: 'end' },
      { source: 'end', target: 'trigger' },
    ];
    expect(errorsOf(cart({ edges }))).toEqual([
      { code: 'definition.dangling_edge', path: 'edges[2].source' },
      { code: 'definition.dangling_edge', path: 'edges[2].target' },
    ]);
  });

  test('a port that the node does not have is unknown; error is one of every node', () => {
    const edges = [
      { source: 'pause', target: 'remind' },
      { source: 'pause', sourceHandle: 'error', target: 'end' },
      { source: 'remind', sourceHandle: 'not_snet', target: 'end' },
    ];
    expect(errorsOf(cart({ edges }))).toEqual([
      { code: 'definition.unknown_port', path: 'edges[2].sourceHandle', suggestion: 'not_sent' },
    ]);
  });

  test('a next edge serves the ports that have none, but not of a node whose ports end there', () => {
    const nodes = (type: string, data: object) => [{ id: 'a', type, data }, wait('b')];
    const edges = [
      { source: 'trigger', target: 'a' },
      { source: 'a', target: 'b' },
    ];
    const waiting = parseDefinition(
      cart({ nodes: nodes('wait_for_event', { event: 'x', timeout: '1h' }), edges }),
    );
    expect(waiting.errors).toEqual([]);
    expect(waiting.warnings).toHaveLength(1);
    expect(waiting.warnings[0]?.message).toContain(
      'The ports "received" and "timed_out" of "a" have no edges and take the "next" edge.',
    );
    const asking = cart({
      nodes: nodes('condition', { condition: [{ field: 'email', operator: 'exists' }] }),
      edges,
    });
    expect(errorsOf(asking)).toEqual([
      { code: 'definition.unknown_port', path: 'edges[1].sourceHandle' },
    ]);
  });

  test('two edges from one port are refused, also where one of them says next', () => {
    const edges = [
      { source: 'pause', target: 'remind' },
      { source: 'pause', sourceHandle: 'next', target: 'end' },
    ];
    expect(errorsOf(cart({ edges }))).toEqual([
      { code: 'definition.duplicate_edge', path: 'edges[1]' },
    ]);
  });

  test('ids are unique, and two are reserved', () => {
    const nodes = [wait('a'), wait('a'), wait('end')];
    const edges = [
      { source: 'trigger', target: 'a' },
      { source: 'a', target: 'end' },
    ];
    expect(errorsOf(cart({ nodes, edges }))).toEqual(
      expect.arrayContaining([
        { code: 'definition.duplicate_id', path: 'nodes[1].id' },
        { code: 'definition.reserved_id', path: 'nodes[2].id' },
      ]),
    );
  });

  test('a node that the entry does not reach is unreachable', () => {
    const nodes = [wait('a'), wait('b'), wait('c')];
    const edges = [
      { source: 'trigger', target: 'a' },
      { source: 'a', target: 'b' },
    ];
    expect(errorsOf(cart({ nodes, edges }))).toEqual([
      { code: 'definition.unreachable_node', path: 'nodes[2]' },
    ]);
  });

  test('the entry is the only node that no edge points to, wherever it is listed', () => {
    const nodes = [tag('b'), wait('a')];
    expect(errorsOf(cart({ nodes, edges: [{ source: 'a', target: 'b' }] }))).toEqual([]);
  });

  test('a cycle needs a wait that takes time', () => {
    const circle = (second: object) => ({
      nodes: [tag('a'), second],
      edges: [
        { source: 'trigger', target: 'a' },
        { source: 'a', target: 'b' },
        { source: 'b', target: 'a' },
      ],
    });
    expect(errorsOf(cart(circle(tag('b'))))).toEqual([
      { code: 'definition.cycle_without_wait', path: 'nodes[0]' },
    ]);
    expect(errorsOf(cart(circle({ ...wait('b'), data: { for: '0s' } })))).toHaveLength(1);
    expect(errorsOf(cart(circle(wait('b'))))).toEqual([]);
    expect(errorsOf(cart(circle({ ...tag('b'), ...{ data: { tags: ['y'] } } })))).toHaveLength(1);
  });

  test('a node that leads to itself is a cycle', () => {
    const edges = [
      { source: 'trigger', target: 'a' },
      { source: 'a', target: 'a' },
    ];
    expect(errorsOf(cart({ nodes: [tag('a')], edges }))).toEqual([
      { code: 'definition.cycle_without_wait', path: 'nodes[0]' },
    ]);
  });

  test('a node that configuration names must exist', () => {
    const nodes = [
      { id: 'remind', type: 'send_email', data: mail },
      {
        id: 'w',
        type: 'wait_for_event',
        data: { event: 'a', timeout: '1h', since: { node: 'remnid' } },
      },
      { id: 'c', type: 'condition', data: { condition: [{ type: 'step', node: 'nowhere' }] } },
    ];
    const edges = [
      { source: 'remind', target: 'w' },
      { source: 'w', target: 'c' },
    ];
    expect(errorsOf(cart({ nodes, edges }))).toEqual([
      { code: 'definition.unknown_node', path: 'nodes[1].data.since.node', suggestion: 'remind' },
      { code: 'definition.unknown_node', path: 'nodes[2].data.condition[0].node' },
    ]);
  });

  test('a graph may have a hundred nodes', () => {
    const chain = (length: number) => ({
      nodes: Array.from({ length }, (_, index) => wait(`n${index}`)),
      edges: Array.from({ length: length - 1 }, (_, index) => ({
        source: `n${index}`,
        target: `n${index + 1}`,
      })),
    });
    expect(errorsOf(cart(chain(100)))).toEqual([]);
    expect(errorsOf(cart(chain(101)))).toEqual([
      { code: 'definition.too_many_nodes', path: 'nodes' },
    ]);
  });
});
