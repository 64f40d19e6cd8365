/**
 * A file of people. What is wrong with the file as a whole is a problem of the request; what is wrong with a row is
 * said with its line, and the others are read all the same.
 */
import { Readable } from 'node:stream';
import { setImmediate as breath } from 'node:timers/promises';
import { parse } from 'csv-parse';
import type { GivenPerson, RefusedPerson } from '../../db/job-people';
import { fail } from '../../errors';
import { type Column, columnsOf } from './columns';
import { type CsvRow, rowOf } from './csv-row';

export const MOST_ROWS = 50_000;
const CHUNK = 16_000;
/** Rows that are read before others of this process have their turn. */
const ROWS_AT_ONCE = 200;
const DELIMITERS = [',', ';', '\t'] as const;

export interface CsvPeople {
  readonly people: readonly GivenPerson[];
  readonly refused: readonly RefusedPerson[];
}

/** Everybody in a file. Fails with `request.invalid` when it cannot be read as a whole. */
export async function readCsv(text: string): Promise<CsvPeople> {
  const people: GivenPerson[] = [];
  const refused: RefusedPerson[] = [];
  const lineOf = new Map<string, number>();
  let columns: readonly Column[] | null = null;
  let read = 0;
  for await (const { line, cells } of recordsOf(text)) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (columns === null) {
      columns = requireColumns(cells, line);
      continue;
    }
    read += 1;
    if (read > MOST_ROWS)
      throw invalid(`A file has ${MOST_ROWS} rows at most. Send it in parts.`, line);
    if (read % ROWS_AT_ONCE === 0) await breath();
    const row = notTwice(rowOf(columns, cells), line, lineOf);
    if ('input' in row) people.push({ position: line, input: row.input });
    else refused.push({ position: line, contactId: null, reason: row.reason, detail: row.problem });
  }
  if (columns === null) throw invalid('The file is empty. Its first row has the names of columns.');
  if (read === 0) throw invalid('The file has names of columns, and no row behind them.');
  return { people, refused };
}

interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

async function* recordsOf(text: string): AsyncGenerator<CsvRecord> {
  let isOpen = false;
  const parser = Readable.from(chunksOf(text)).pipe(
    parse({
      ...{ delimiter: delimiterOf(text), bom: true, info: true },
      // A row that is too long or too short, or has a stray quotation mark, is for rowOf to judge.
      ...{ relax_column_count: true, relax_quotes: true },
      // A mark that is not closed: thrown, it would take the rows before it along.
      skip_records_with_error: true,
      on_skip: () => {
        isOpen = true;
        return undefined;
      },
    }),
  );
  let lines = 0;
  for await (const each of parser) {
    const { record, info } = each as { record: string[]; info: { lines: number } };
    yield { line: lines + 1, cells: record };
    lines = info.lines;
  }
  if (isOpen)
    throw invalid(
      'A quotation mark opens a cell and none closes it: close it, or double those that are meant.',
      lines + 1,
    );
}

function* chunksOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += CHUNK) yield text.slice(from, from + CHUNK);
}

/** Spreadsheets of some countries write semicolons: what the first row has most of separates. */
function delimiterOf(text: string): string {
  const [first = ''] = text.split(/[\r\n]/, 1);
  const count = (delimiter: string) => first.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

function requireColumns(names: readonly string[], line: number): readonly Column[] {
  const found = columnsOf(names);
  if ('columns' in found) return found.columns;
  const issues = found.problems.map((message) => {
    return { code: 'request.wrong_value' as const, path: 'csv', message, line };
  });
  throw fail('request.invalid', `The file cannot be read. ${found.problems.join(' ')}`, { issues });
}

type Judged =
  | Extract<CsvRow, { readonly input: unknown }>
  | { readonly reason: string; readonly problem: string };

/** Somebody who stands in the file already is not let in once more. */
function notTwice(row: CsvRow, line: number, lineOf: Map<string, number>): Judged {
  if ('problem' in row) return { reason: 'row.invalid', problem: row.problem };
  const { id, externalId, email } = row.input.contact;
  const names = [
    `id ${id?.toLowerCase()}`,
    `externalId ${externalId}`,
    `email ${email?.toLowerCase()}`,
  ];
  const given = [id, externalId, email];
  const hers = names.filter((_, index) => typeof given[index] === 'string');
  const [before] = hers.flatMap((name) => lineOf.get(name) ?? []);
  if (before !== undefined)
    return { reason: 'row.duplicate', problem: `The same person as in line ${before}.` };
  for (const name of hers) lineOf.set(name, line);
  return row;
}

function invalid(message: string, line?: number) {
  const issue = { code: 'request.wrong_value' as const, path: 'csv', message };
  return fail('request.invalid', `The file cannot be read. ${message}`, {
    issues: [line === undefined ? issue : { ...issue, line }],
  });
}
