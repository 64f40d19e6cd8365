/** A definition whose envelope is all that a test writes. */
import { parseDefinition } from '../../src/language/parse-definition';

export const vip = { type: 'tag', operator: 'includes', value: 'vip' };
export const isVip = { operator: 'AND', conditions: [vip] };
export const is = (field: string, value: unknown) => ({ field, operator: 'equals', value });
export const nodes = [{ id: 'a', type: 'wait', data: { for: '1h' } }];

export function parse(fields: object) {
  return parseDefinition({
    key: 'x',
    name: 'x',
    trigger: { type: 'manual' },
    nodes,
    edges: [],
    ...fields,
  });
}

export function good(fields: object) {
  const { definition, errors } = parse(fields);
  expect(errors).toEqual([]);
  if (definition === null) throw new Error('There is no definition.');
  return definition;
}

export function bad(fields: object) {
  return parse(fields).errors.map(({ code, path, suggestion }) => [
    code.replace('definition.', ''),
    path,
    ...(suggestion === undefined ? [] : [suggestion]),
  ]);
}
