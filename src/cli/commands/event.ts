import type { EventInput, EventsAccepted } from '../../client/types';
import type { ThroughlineClient } from '../../client/index';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand } from '../command';
import { listOf, objectOf } from '../input';
import type { Values } from '../options';
import { counted } from '../problems';
import { withProgress } from '../progress';
import { printable } from '../terminal';
import { UsageError } from '../usage-error';
import { onlyName } from '../values';
import { WHO_OPTIONS, whoOf } from '../who';

/** As many as the API takes at once. */
const BATCH = 1_000;

const ONE = {
  ...WHO_OPTIONS,
  properties: { type: 'string', value: 'data', help: 'What the event tells, by name.' },
  id: { type: 'string', value: 'id', help: 'Your id of it: the same id twice counts once.' },
  at: { type: 'string', value: 'instant', help: 'When it happened; now unless told.' },
  'create-contact': { type: 'boolean', help: 'Make a contact of somebody unknown.' },
} as const;

export const event = defineCommand({
  name: 'event',
  summary: 'Report an event about somebody, or many from a file.',
  usage: '<type> --email <address> [options]',
  description: [
    'With --file, a list of events as POST /events takes them, any number. Each should have an "id" of yours:',
    'then the file can be sent again without a second effect. Exit code 1: at least one was rejected.',
  ],
  options: {
    ...ONE,
    file: { type: 'string', value: 'data', help: 'A list of events, instead of one.' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    'throughline event cart.paid --email ada@example.com --properties \'{"total": 40}\'',
    'throughline event --file events.json --json',
  ],
  async run(args, values, terminal) {
    const { file, json } = values;
    if (file !== undefined && args.length > 0)
      throw new UsageError('--file has the types of its events; leave the type out.');
    const events =
      file === undefined ? [await oneEvent(args, values)] : await listOf(file, '--file');
    const client = await connect(values);
    const told = await report(client, events as unknown as readonly EventInput[]);
    if (json) terminal.json(told);
    else {
      const { accepted, duplicates, rejected } = told;
      for (const { index, code, message } of told.results)
        terminal.line(printable(`event ${index + 1}: ${code}: ${message}${hintAt(code, file)}`));
      terminal.line(
        `${counted(accepted, 'event')} stored, ${duplicates} known already, ${rejected} rejected`,
      );
    }
    return told.rejected === 0 ? 0 : 1;
  },
});

/** The API speaks of the field that it takes; the event of a file has it, too. */
const hintAt = (code: string, file: string | undefined): string =>
  code === 'contact.not_found' && file === undefined
    ? ' The option for that is --create-contact.'
    : '';

async function oneEvent(args: readonly string[], values: Values<typeof ONE>): Promise<object> {
  const type = onlyName(args, 'the type of the event, or a --file of events');
  const who = whoOf(values);
  if (who === null)
    throw new UsageError('Say whose event it is: --email, --external-id or --contact-id.');
  return {
    ...{ type, ...who, id: values.id, occurredAt: values.at },
    properties: await objectOf(values.properties, '--properties'),
    ...(values['create-contact'] ? { createContact: true } : {}),
  };
}

/** Reports them in batches; results have the places that the events have in all. */
async function report(
  client: ThroughlineClient,
  events: readonly EventInput[],
): Promise<EventsAccepted> {
  const told: EventsAccepted = { accepted: 0, duplicates: 0, rejected: 0, results: [] };
  return withProgress(async (tell) => {
    for (let from = 0; from < events.length; from += BATCH) {
      tell(`${from} of ${events.length} events`);
      const batch = await client.events(events.slice(from, from + BATCH));
      told.accepted += batch.accepted;
      told.duplicates += batch.duplicates;
      told.rejected += batch.rejected;
      const placed = batch.results.map((each) => ({ ...each, index: each.index + from }));
      told.results.push(...placed);
    }
    return told;
  });
}
