/** What `simulate` is told on the command line, as a dry run takes it. */
import type { z } from 'zod';
import type { Definition } from '../journey/definition';
import { type ContactState, contactState, dryRunFields } from '../journey/journey-tests';
import type { ScriptItem } from '../journey/journey-tests';
import type { DryRunRequest } from '../language/dry-run';
import { knownEvent } from '../language/event-catalogue';
import { readChoices, requireNode } from './choices';
import { UsageError } from './usage-error';
import { readData } from './data';
import type { Problems } from './problems';

/** Options that describe the world of a dry run; the help of `simulate` says what they mean. */
export interface WorldOptions {
  readonly contact: string | undefined;
  readonly events: string | undefined;
  readonly start: string | undefined;
  readonly variables: string | undefined;
  readonly trigger: string | undefined;
  readonly mocks: string | undefined;
  readonly choose: readonly string[];
  readonly 'stop-at': string | undefined;
}

export type ReadRequest =
  | { readonly request: DryRunRequest; readonly problems: null }
  | { readonly request: null; readonly problems: readonly Problems[] };

/** Who walks through when nobody is named: somebody who can be written to. */
export const ANYBODY: ContactState = { email: 'anybody@example.com', firstName: 'Anybody' };

/** Reads every option; everything that is wrong with the data they hold comes back at once. */
export async function readRequest(
  options: WorldOptions,
  definition: Definition,
): Promise<ReadRequest> {
  const problems: Problems[] = [];
  const read = async <T>(name: keyof WorldOptions, schema: z.ZodType<T>) => {
    const given = options[name];
    if (typeof given !== 'string') return undefined;
    const data = await readData(given, `--${name}`, schema);
    if (data.issues === null) return data.value;
    problems.push({ file: data.source.name, errors: data.issues, warnings: [] });
    return undefined;
  };
  const { events, variables, mocks } = dryRunFields;
  const request = {
    startAt: startOf(options.start),
    choose: readChoices(options.choose, definition),
    stopAt: options['stop-at'] && requireNode(options['stop-at'], definition, '--stop-at'),
    contact: (await read('contact', contactState)) ?? ANYBODY,
    events: (await read('events', events))?.map(named),
    variables: await read('variables', variables),
    mocks: await read('mocks', mocks),
    trigger: isName(options.trigger)
      ? { type: eventNamed(options.trigger) }
      : await read('trigger', dryRunFields.trigger),
  };
  return problems.length > 0 ? { request: null, problems } : { request, problems: null };
}

function startOf(given: string | undefined): string | undefined {
  const { success } = dryRunFields.startAt.safeParse(given);
  if (success) return given;
  throw new UsageError(
    `--start takes an instant such as 2026-03-27T08:00:00Z, or a date, which is midnight UTC; "${given}" is neither.`,
  );
}

const isName = (trigger: string | undefined): trigger is string =>
  trigger !== undefined && /^[\w.-]+$/.test(trigger);

/** An event under the name of the catalogue, as in a definition's own tests. */
export const eventNamed = (type: string): string => knownEvent(type) ?? type;

const named = (item: ScriptItem): ScriptItem =>
  'type' in item ? { ...item, type: eventNamed(item.type) } : item;
