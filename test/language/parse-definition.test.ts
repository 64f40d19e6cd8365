import { parseDefinition } from '../../src/language/parse-definition';
import { cart, errorsOf } from './cart';

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
