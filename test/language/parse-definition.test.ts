import { parseDefinition } from '../../src/language/parse-definition';

const mail = { subject: 'Your cart', text: 'Hi' };

function cart(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    key: 'cart',
    name: 'Cart',
    trigger: { type: 'manual' },
    nodes: [
      { id: 'pause', type: 'wait', data: { for: '1h' } },
      { id: 'remind', type: 'send_email', data: mail },
    ],
    edges: [{ source: 'pause', target: 'remind' }],
    ...changes,
  };
}

const wait = (id: string) => ({ id, type: 'wait', data: { for: '1h' } });
const tag = (id: string) => ({ id, type: 'add_tag', data: { tag: 'x' } });

function errorsOf(input: unknown) {
  return parseDefinition(input).errors.map(({ code, path, suggestion }) => ({
    code,
    path,
    ...(suggestion === undefined ? {} : { suggestion }),
  }));
}

describe('a definition without mistakes', () => {
  test('comes back parsed, with its defaults, beside the text as it was written', () => {
    const { definition, source, errors } = parseDefinition(cart());
    expect(errors).toEqual([]);
    expect(definition?.triggers).toEqual([{ type: 'manual' }]);
    expect(definition?.nodes[0]?.data).toEqual({ for: 3_600_000 });
    expect(definition?.settings.visitLimit).toBe(100);
    expect(source).toEqual(cart());
  });

  test('gets its key from its name when it has none', () => {
    const { key: _key, ...rest } = cart({ name: 'Café: abandoned cart!' });
    expect(parseDefinition(rest).definition?.key).toBe('cafe-abandoned-cart');
  });

  test('may carry the fields of our answers, which are ignored with a warning', () => {
    const { definition, warnings } = parseDefinition(cart({ id: 'x', status: 'active' }));
    expect(definition).not.toBeNull();
    expect(warnings.map(({ code, path }) => [code, path])).toContainEqual([
      'definition.ignored_field',
      'status',
    ]);
  });

  test('is warned of a port without an edge', () => {
    const [warning] = parseDefinition(cart()).warnings;
    expect(warning).toMatchObject({ code: 'definition.unconnected_port', path: 'nodes[1]' });
    expect(warning?.message).toContain('not_sent');
  });
});

describe('fields', () => {
  test('every problem is reported at once, where it was written', () => {
    const errors = errorsOf(
      cart({
        trigger: { type: 'evnt' },
        nodes: [
          { id: 'pause', type: 'wait', data: { fro: '1h' } },
          { id: 'remind', type: 'send_emial', data: {} },
        ],
        setings: {},
      }),
    );
    expect(errors).toEqual(
      expect.arrayContaining([
        { code: 'definition.wrong_value', path: 'trigger.type', suggestion: 'event' },
        { code: 'definition.missing_field', path: 'nodes[0].data.for' },
        { code: 'definition.unknown_field', path: 'nodes[0].data.fro', suggestion: 'for' },
        { code: 'definition.unknown_node_type', path: 'nodes[1].type', suggestion: 'send_email' },
        { code: 'definition.unknown_field', path: 'setings', suggestion: 'settings' },
      ]),
    );
    expect(errors).toHaveLength(5);
  });

  test('a missing trigger is called by the name people write', () => {
    expect(errorsOf(cart({ trigger: undefined }))).toContainEqual({
      code: 'definition.missing_field',
      path: 'trigger',
    });
  });

  test('trigger and triggers together are refused', () => {
    expect(errorsOf(cart({ triggers: [{ type: 'manual' }] }))).toEqual([
      { code: 'definition.wrong_value', path: 'triggers' },
    ]);
  });

  test('a condition in a bare list is named by its place in that list', () => {
    const condition = [
      { field: 'email', operator: 'exsits' },
      { type: 'tag', operator: 'includes', vaule: 'vip' },
    ];
    const nodes = [{ id: 'ask', type: 'condition', data: { condition } }];
    expect(errorsOf(cart({ nodes, edges: [] }))).toEqual(
      expect.arrayContaining([
        {
          code: 'definition.wrong_value',
          path: 'nodes[0].data.condition[0].operator',
          suggestion: 'exists',
        },
        {
          code: 'definition.unknown_field',
          path: 'nodes[0].data.condition[1].vaule',
          suggestion: 'value',
        },
      ]),
    );
  });

  test('a near miss of a choice beside other kinds of values gets its suggestion', () => {
    const nodes = [
      { id: 'w', type: 'wait_for_event', data: { event: 'a', timeout: '1h', since: 'lastsend' } },
    ];
    expect(errorsOf(cart({ nodes, edges: [] }))).toEqual([
      { code: 'definition.wrong_value', path: 'nodes[0].data.since', suggestion: 'last_send' },
    ]);
  });

  test('a template and a pattern that cannot be read are found before anybody enters', () => {
    const nodes = [
      { id: 'remind', type: 'send_email', data: { subject: 'Hi {{ name', text: '{% if x %}' } },
      {
        id: 'ask',
        type: 'condition',
        data: { condition: [{ field: 'email', operator: 'matches_regex', value: '(a' }] },
      },
    ];
    const trigger = {
      type: 'event',
      event: 'a.b',
      filter: [{ field: 'x', operator: 'MATCHES_REGEX', value: '(?=a)' }],
    };
    const edges = [{ source: 'remind', target: 'ask' }];
    expect(errorsOf(cart({ nodes, edges, trigger }))).toEqual(
      expect.arrayContaining([
        { code: 'definition.bad_template', path: 'nodes[0].data.subject' },
        { code: 'definition.bad_template', path: 'nodes[0].data.text' },
        { code: 'definition.bad_pattern', path: 'nodes[1].data.condition[0].value' },
        { code: 'definition.bad_pattern', path: 'trigger.filter[0].value' },
      ]),
    );
  });

  test('what is no object is refused in one sentence', () => {
    for (const input of [null, 'x', 3, [], undefined]) {
      expect(errorsOf(input)).toEqual([{ code: 'definition.wrong_type', path: '' }]);
    }
  });

  test('nodes and edges that are no objects are reported, not stumbled over', () => {
    const errors = errorsOf(
      cart({ nodes: [null, 'x', { id: 3 }, { id: 'a', type: 7 }], edges: [null, 1, {}] }),
    );
    expect(errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'nodes[0]',
        'nodes[1]',
        'nodes[2].id',
        'nodes[3].type',
        'edges[0]',
        'edges[2].source',
      ]),
    );
  });
});

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

describe('hostile input', () => {
  test('keys that reach a prototype are refused wherever they are', () => {
    const input: unknown = JSON.parse(
      '{"name":"x","nodes":[{"data":{"__proto__":{"a":1},"constructor":1}}]}',
    );
    expect(errorsOf(input)).toEqual([
      { code: 'definition.forbidden_key', path: 'nodes[0].data.__proto__' },
      { code: 'definition.forbidden_key', path: 'nodes[0].data.constructor' },
    ]);
  });

  test('NUL and half a surrogate pair are refused, a whole pair is not', () => {
    expect(errorsOf(cart({ name: 'a\0b', description: 'x\ud800' }))).toEqual([
      { code: 'definition.forbidden_character', path: 'name' },
      { code: 'definition.forbidden_character', path: 'description' },
    ]);
    expect(errorsOf(cart({ name: 'Cart 🛒' }))).toEqual([]);
  });

  test('depth is bounded before anything recurses', () => {
    const nodes = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const codes = (levels: number) =>
      errorsOf(cart({ nodes: nodes(levels) })).map(({ code }) => code);
    expect(codes(10_000)).toEqual(['definition.too_deep']);
    expect(codes(100_000)).toEqual(['definition.too_large']);
  });

  test('a megabyte of mistakes is answered quickly', () => {
    const nodes = Array.from({ length: 100 }, (_, index) => ({
      id: `n${index}`,
      type: 'x'.repeat(50),
      data: {},
    }));
    const edges = Array.from({ length: 1_000 }, (_, index) => ({
      source: `m${index}`,
      target: `o${index}`,
    }));
    const before = performance.now();
    const errors = errorsOf(cart({ nodes, edges }));
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(errors).toHaveLength(200);
    expect(errors.at(-1)).toEqual({ code: 'definition.more_issues', path: '' });
  });
});
