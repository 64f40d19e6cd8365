/** One row of a file as a contact and what she brings along. */
import type { RowInput } from '../../db/job-people';
import type { Json } from '../../db/json';
import type { Issue } from '../../errors';
import { guardJson } from '../../language/json-guard';
import { issuesOf } from '../../language/zod-issues';
import { contactInput } from '../routes/contacts';
import type { Column } from './columns';

/** What a row says, or what is wrong with it, in words without its values. */
export type CsvRow = { readonly input: RowInput } | { readonly problem: string };

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const TAG_SEPARATOR = ';';

/**
 * The person of a row. An empty cell says nothing; blanks around a value are no part of it; attributes and variables
 * are texts.
 */
export function rowOf(columns: readonly Column[], cells: readonly string[]): CsvRow {
  if (cells.length !== columns.length)
    return { problem: `The row has ${cells.length} cells, the first row ${columns.length}.` };
  const fields: [string, Json][] = [];
  const attributes: [string, Json][] = [];
  const variables: [string, Json][] = [];
  const bins = { field: fields, attribute: attributes, variable: variables };
  for (const [index, column] of columns.entries()) {
    const text = (cells[index] ?? '').trim();
    if (text !== '') bins[column.to].push([column.name, valueOf(column, text)]);
  }
  if (attributes.length > 0) fields.push(['attributes', Object.fromEntries(attributes)]);
  return checked(Object.fromEntries(fields), Object.fromEntries(variables));
}

function valueOf({ to, name }: Column, text: string): Json {
  if (to !== 'field') return text;
  if (name === 'score') return NUMBER.test(text) ? Number(text) : text;
  if (name !== 'tags') return text;
  const tags = text.split(TAG_SEPARATOR).map((tag) => tag.trim());
  return tags.filter((tag) => tag !== '');
}

function checked(contact: Record<string, Json>, variables: Record<string, Json>): CsvRow {
  const [hostile] = guardJson([contact, variables], 'request');
  if (hostile !== undefined) return { problem: hostile.message };
  const parsed = contactInput.safeParse(contact);
  if (parsed.success)
    return {
      input: {
        contact: parsed.data,
        ...(Object.keys(variables).length === 0 ? {} : { variables }),
      },
    };
  const issues = issuesOf(parsed.error, {
    domain: 'request',
    schema: contactInput,
    input: contact,
  });
  return { problem: issues.map(sentenceOf).join(' ') };
}

/** Where a message would quote the cell, it says what was expected. */
function sentenceOf({ path, message }: Issue): string {
  if (path === 'score') return 'score: Expected a number.';
  return path === '' ? message : `${path}: ${message}`;
}
