/** A definition of which a test writes the steps, actions or nodes alone. */
import { parseDefinition } from '../../src/language/parse-definition';

export const vip = [{ type: 'tag', operator: 'includes', value: 'vip' }];
export const wait = { type: 'wait', config: { for: '1h' } };
export const ask = { type: 'condition', config: { condition: vip } };
export const around = { key: 'x', name: 'x', trigger: { type: 'manual' } };

/** The edges of a definition as `a:port -> b`. */
export function edgesOf(input: object): string[] {
  const { definition, errors } = parseDefinition({ ...around, ...input });
  expect(errors).toEqual([]);
  return (definition?.edges ?? []).map(({ source, sourceHandle, target }) =>
    sourceHandle === undefined
      ? `${source} -> ${target}`
      : `${source}:${sourceHandle} -> ${target}`,
  );
}

export function errorsOf(input: object): string[][] {
  return parseDefinition({ ...around, ...input }).errors.map(({ code, path }) => [
    code.replace('definition.', ''),
    path,
  ]);
}
