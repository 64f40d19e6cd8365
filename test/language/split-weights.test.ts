import { parseDefinition } from '../../src/language/parse-definition';

function problems(config: object) {
  const { errors } = parseDefinition({
    name: 'Weights',
    trigger: { type: 'manual' },
    steps: [
      { id: 'split', type: 'ab_split', config, branches: { x: 'leave', y: 'leave' } },
      { id: 'leave', type: 'exit' },
    ],
  });
  return errors.map(({ code, path, suggestion }) => [
    code.replace('definition.', ''),
    path.replace('steps[0].config.', ''),
    suggestion,
  ]);
}

test.each<[object, ReturnType<typeof problems>]>([
  [{ paths: ['x', 'y'], weights: [1, 2] }, []],
  [{ paths: ['x', 'y'], weights: { x: 1, y: 2 } }, []],
  [{ paths: ['x', 'y'], weights: [1, 2, 3] }, [['wrong_value', 'weights[2]', undefined]]],
  [
    { paths: ['x', 'y'], weights: { x: 1, y: 2, zz: 5 } },
    [['unknown_port', 'weights.zz', undefined]],
  ],
])('%j', (config, expected) => {
  expect(problems(config)).toEqual(expected);
});

test('weights that are neither a list nor an object are refused as such', () => {
  expect(problems({ paths: ['x', 'y'], weights: 5 })).toContainEqual([
    'wrong_type',
    'weights',
    undefined,
  ]);
});
