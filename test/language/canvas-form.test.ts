import { parseDefinition } from '../../src/language/parse-definition';
import { edgesOf, vip, wait } from './form';

describe('a canvas', () => {
  const canvas = {
    key: 'x',
    name: 'x',
    nodes: [
      {
        id: 't',
        type: 'trigger',
        position: { x: 0, y: 0 },
        data: { triggerType: 'FORM_SUBMITTED', config: { formId: 'f' } },
      },
      {
        id: 'a',
        type: 'condition',
        data: { conditionType: 'composite', operator: 'or', conditions: vip },
      },
      { id: 'b', type: 'action', data: { actionType: 'ADD_TAG', tag: 'x' } },
    ],
    edges: [
      { id: '1', source: 't', sourceHandle: null, target: 'a' },
      { id: '2', source: 'a', sourceHandle: 'branch_true', target: 'b' },
      { id: '3', source: 'a', sourceHandle: 'branch_false', target: 'end' },
    ],
  };

  test('draws its trigger as a node, and handles of its own', () => {
    const { definition, errors } = parseDefinition(canvas);
    expect(errors).toEqual([]);
    expect(definition?.triggers).toEqual([
      {
        type: 'event',
        event: 'form.submitted',
        filter: {
          operator: 'AND',
          conditions: [{ field: 'event.formId', operator: 'equals', value: 'f' }],
        },
      },
    ]);
    expect(definition?.nodes.map(({ id, type }) => [id, type])).toEqual([
      ['a', 'condition'],
      ['b', 'add_tag'],
    ]);
    expect(definition?.edges).toEqual([
      { id: '1', source: 'trigger', target: 'a' },
      { id: '2', source: 'a', sourceHandle: 'true', target: 'b' },
      { id: '3', source: 'a', sourceHandle: 'false', target: 'end' },
    ]);
  });

  test('may draw the start only, and give the trigger beside it; not both', () => {
    const start = { id: 't', type: 'trigger', data: {} };
    const nodes = [start, ...canvas.nodes.slice(1)];
    expect(parseDefinition({ ...canvas, nodes, trigger: { type: 'manual' } }).errors).toEqual([]);
    const { errors } = parseDefinition({ ...canvas, trigger: { type: 'manual' } });
    expect(errors.map(({ path }) => path)).toEqual(['nodes[0].data']);
  });

  test('has its nodes counted as they were drawn', () => {
    const nodes = [
      ...canvas.nodes.slice(0, 2),
      { id: 'b', type: 'action', data: { actionType: 'add_tag', tga: 'x' } },
    ];
    const { errors } = parseDefinition({ ...canvas, nodes });
    expect(errors.map(({ path }) => path)).toContain('nodes[2].data.tga');
  });

  test('a port that somebody called branch_true stays one', () => {
    const nodes = [
      { id: 'a', type: 'split', data: { variants: [{ port: 'branch_true', weight: 1 }] } },
      { id: 'b', ...wait },
    ];
    const edges = [{ source: 'a', sourceHandle: 'branch_true', target: 'b' }];
    expect(edgesOf({ nodes, edges })).toEqual(['a:branch_true -> b']);
  });
});
