import { parseDefinition, parseDefinitionText } from '../../src/language/parse-definition';
import { warnedAlone } from '../../src/language/workspace-names';

const flood = {
  name: 'x',
  trigger: { type: 'manual' },
  nodes: [{ id: 'a', type: 'wait', data: { for: '1h' } }],
  edges: Array.from({ length: 1_000 }, (_, index) => ({
    source: `m${index}`,
    target: `o${index}`,
  })),
};

test('of a flood of errors the first are answered, and the last one counts the others', () => {
  const { errors } = parseDefinition(flood);
  expect(errors).toHaveLength(200);
  expect(errors[0]).toMatchObject({ path: 'edges[0].source' });
  expect(errors.at(-1)).toEqual({
    code: 'definition.more_issues',
    path: '',
    message: 'There are 1801 more errors. Mend these first and try again.',
  });
});

test('the count comes last in a text, too', () => {
  const errors = parseDefinitionText(JSON.stringify(flood, null, 1)).errors;
  expect(errors.at(-1)).toMatchObject({ code: 'definition.more_issues', line: 1, column: 1 });
  expect(errors.at(-2)?.line).toBeGreaterThan(100);
});

test('warnings are counted apart', () => {
  const text = Array.from({ length: 190 }, (_, index) => `{{ unknown${index}x }}`).join(' ');
  const nodes = ['a', 'b'].map((id) => ({ id, type: 'send_email', data: { subject: 'x', text } }));
  const edges = [{ source: 'a', target: 'b' }];
  const { definition, variables } = parseDefinition({ ...flood, nodes, edges });
  expect(definition).not.toBeNull();
  const warnings = warnedAlone(variables);
  expect(warnings).toHaveLength(200);
  expect(warnings.at(-1)?.message).toMatch(/^There are \d+ more warnings\./);
});
