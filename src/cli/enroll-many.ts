/** Letting many people enter from the command line: who they are, and what came or would come of it. */
import type { ThroughlineClient } from '../client/index';
import type { EntryForecast, EntryOfMany, Job } from '../client/types';
import { groupOf, objectOf } from './input';
import type { Options, Values } from './options';
import { printFacts, printJob } from './show';
import { readSource } from './sources';
import { printable, type Terminal } from './terminal';
import { UsageError } from './usage-error';
import { wholeNumber } from './values';
import { awaitedJob, isOver } from './waiting';

export const MANY_OPTIONS = {
  list: { type: 'string', value: 'key', help: 'Many: everybody on a list.' },
  filter: {
    type: 'string',
    value: 'data',
    help: 'Many: who meets conditions, written as in definitions.',
  },
  csv: {
    type: 'string',
    value: 'file',
    help: 'Many: the rows of a CSV file; - is standard input.',
  },
  'per-second': { type: 'string', value: 'count', help: 'Of many: how many in a second; else 50.' },
  'dry-run': {
    type: 'boolean',
    help: 'Of many: only say how many would enter, and why others not.',
  },
} as const satisfies Options;

type Given = Values<typeof MANY_OPTIONS> & {
  readonly variables: string | undefined;
  readonly 'enrollment-key': string | undefined;
};

/** Who was given as many people; null when nobody was. */
export async function manyOf(values: Given): Promise<EntryOfMany | null> {
  const { list, filter, csv, 'per-second': rate } = values;
  const sources = [list, filter, csv].filter((each) => each !== undefined);
  if (sources.length > 1) throw new UsageError('Say who enters by one of --list, --filter, --csv.');
  if (sources.length === 0) {
    const lost = rate !== undefined ? '--per-second' : values['dry-run'] ? '--dry-run' : null;
    if (lost !== null) throw new UsageError(`${lost} is for many: --list, --filter or --csv.`);
    return null;
  }
  return {
    ...(list === undefined ? {} : { list }),
    ...(filter === undefined ? {} : { filter: await groupOf(filter, '--filter') }),
    ...(csv === undefined ? {} : { csv: (await readSource(csv)).text }),
    variables: (await objectOf(values.variables, '--variables')) as EntryOfMany['variables'],
    key: values['enrollment-key'],
    perSecond: rate === undefined ? undefined : wholeNumber(rate, '--per-second'),
  };
}

interface Printed {
  readonly json: boolean;
  readonly wait: string | undefined;
  readonly 'dry-run': boolean;
}

/** Does it, or says what would come of it. Exit code 1: the job is not over yet, although that was waited for. */
export async function enrollMany(
  { client, workflow, many }: { client: ThroughlineClient; workflow: string; many: EntryOfMany },
  { json, wait, 'dry-run': isDry }: Printed,
  terminal: Terminal,
): Promise<0 | 1> {
  if (isDry) {
    const forecast = await client.workflows.forecastMany(workflow, many);
    if (json) terminal.json(forecast);
    else printForecast(forecast, 'csv' in many, terminal);
    return 0;
  }
  const started = await client.workflows.enrollMany(workflow, many);
  const job: Job = wait === undefined ? started : await awaitedJob(client, started.id, wait);
  if (json) terminal.json(job);
  else printJob(job, terminal);
  return wait !== undefined && !isOver(job) ? 1 : 0;
}

function printForecast(forecast: EntryForecast, isFile: boolean, terminal: Terminal): void {
  const { total, wouldEnter, wouldNot, passedOver, reasons, refused, complete } = forecast;
  const why = Object.entries(reasons).map(([code, count]) => `${count} ${code}`);
  printFacts(
    [
      ['people', total],
      ['would enter', wouldEnter],
      ['would not', wouldNot === 0 ? 0 : `${wouldNot} (${why.join(', ')})`],
      ['not meant', passedOver === 0 ? null : passedOver],
    ],
    terminal,
  );
  for (const { position, contactId, reason, detail } of refused) {
    const who = isFile || contactId === null ? `line ${position}` : `contact ${contactId}`;
    terminal.line(printable(`${who}: ${reason}${detail === null ? '' : ` ${detail}`}`));
  }
  if (wouldNot > refused.length) terminal.line(`and ${wouldNot - refused.length} more`);
  if (!complete)
    terminal.line(
      `There was time to judge ${wouldEnter + wouldNot + passedOver} of ${total}; nothing is said of the others.`,
    );
}
