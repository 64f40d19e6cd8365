/** What `plan` and `apply` are told alike. */
import { type ReadDefinition, readDefinition } from '../definitions';
import type { Options, Values } from '../options';
import type { Problems } from '../problems';
import {
  definitionsAmong,
  hasErrors,
  readTemplates,
  type Shelf,
  TEMPLATES_OPTION,
} from '../templates';
import { UsageError } from '../usage-error';
import { oneOf } from '../values';
import type { InFlight, PlanOptions } from './workflow-plan';

/** How a version is published. */
export const PUBLISH_OPTIONS = {
  'in-flight': {
    type: 'string',
    value: 'what',
    help: 'People in other versions: drain (unless told), migrate or cancel.',
  },
  force: { type: 'boolean', help: 'Publish although tests fail.' },
} as const satisfies Options;

export const PLAN_OPTIONS = {
  draft: { type: 'boolean', help: 'Store drafts alone, and publish nothing.' },
  templates: {
    ...TEMPLATES_OPTION.templates,
    help: 'Templates of mails to store first: a folder of files, or one file.',
  },
  ...PUBLISH_OPTIONS,
} as const satisfies Options;

const IN_FLIGHT: readonly InFlight[] = ['drain', 'migrate', 'cancel'];

/** What becomes of people in other versions; they finish there unless told. Fails with a UsageError. */
export const inFlightOf = (given = 'drain'): InFlight => oneOf(given, IN_FLIGHT, '--in-flight');

/** The options as a plan takes them. Fails with a UsageError for those that do not fit together. */
export function planOptions(values: Values<typeof PLAN_OPTIONS>): PlanOptions {
  const { draft, force } = values;
  const inFlight = inFlightOf(values['in-flight']);
  if (draft && inFlight !== 'drain')
    throw new UsageError('--in-flight is about publishing, and --draft publishes nothing.');
  return { draft, force, inFlight };
}

/** What is to be applied. */
export interface PlanInput {
  readonly files: readonly ReadDefinition[];
  readonly shelf: Shelf;
}

/** The definitions of files and folders with the templates beside them, and whether none has an error. */
export async function readFiles(
  args: readonly string[],
  { templates }: { readonly templates: string | undefined },
): Promise<PlanInput & { readonly problems: readonly Problems[]; readonly isFine: boolean }> {
  const shelf = await readTemplates(templates);
  const files: ReadDefinition[] = [];
  const names = args.length === 0 && templates !== undefined ? [] : definitionsAmong(args, shelf);
  for (const name of names) files.push(await readDefinition(name));
  const problems = [...files, ...shelf.files];
  return { files, shelf, problems, isFine: !problems.some(hasErrors) };
}

/** What to type to apply a plan. */
export function applyLine(
  args: readonly string[],
  {
    draft,
    force,
    inFlight,
    templates,
  }: PlanOptions & Pick<Values<typeof PLAN_OPTIONS>, 'templates'>,
  hash: string,
): string {
  const options = [
    ...(templates === undefined ? [] : ['--templates', quotedForShell(templates)]),
    ...(draft ? ['--draft'] : []),
    ...(inFlight === 'drain' ? [] : ['--in-flight', inFlight]),
    ...(force ? ['--force'] : []),
  ];
  return ['throughline apply', ...args.map(quotedForShell), ...options, '--plan', hash].join(' ');
}

const quotedForShell = (text: string): string =>
  /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
