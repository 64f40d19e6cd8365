/** Conditions and operators as Markdown. */
import { conditionGroup } from '../../src/journey/condition';
import { OPERATOR_NAMES, type Operand, operandOf } from '../../src/journey/operators';
import { inputSchema } from './input-schema';
import { alternatives, renderTable, resolve } from './schema-table';

const OPERANDS: Readonly<Record<Operand, string>> = {
  none: 'nothing',
  any: 'any value',
  text: 'a text',
  list: 'a list',
  flag: '`true` (default) or `false`',
  date: 'a date or instant',
  dates: '`[from, to]`, both included',
  duration: 'a duration',
  pattern: 'an RE2 pattern, unanchored',
};

/** Groups, and every kind of condition. */
export function renderConditions(): string {
  const root = inputSchema(conditionGroup);
  const entry = resolve(root, root).properties?.['conditions']?.items;
  const kinds = entry ? alternatives(resolve(entry, root), root) : [];
  const sections = kinds
    .filter(({ properties }) => properties?.['conditions'] === undefined)
    .map((kind) => `### ${String(kind.properties?.['type']?.const)}\n\n${renderTable(kind, root)}`);
  return [
    '## Groups',
    'A group judges its conditions together; a bare list of conditions means `AND`.',
    renderTable(resolve(root, root), root),
    '## Conditions',
    ...sections,
  ].join('\n\n');
}

/** Every operator and what it takes. */
export function renderOperators(): string {
  const rows = OPERATOR_NAMES.map((name) => `| \`${name}\` | ${OPERANDS[operandOf(name)]} |`);
  return [
    '## Operators',
    'A missing value makes every positive operator false; a negated one is the exact opposite of its positive one.',
    ['| operator | value |', '| --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}
