/** What nodes that let a contact into another workflow have in common. */
import { z } from 'zod';
import { renderText } from './call-render';
import { workflowKey } from './definition';
import { EvaluationFailed, type Evaluators, type Facts } from './facts';
import type { Json, JsonObject } from './json';
import { json } from './json-value';
import type { DryRun } from './node-type';
import type { EnrollResult } from './runtime';
import { isObject } from './value';
import { variableName } from './variable';

const LONGEST_KEY = 200;
const MOST_CHARACTERS = 100_000;

/** The workflow that a node speaks of. */
export const targetWorkflow = workflowKey.describe('The key of the workflow.');

export const entryFields = {
  workflow: targetWorkflow,
  variables: z
    .record(variableName, json)
    .optional()
    .describe('Variables that she brings along: literals, or Liquid texts.'),
  key: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .describe(
      'Names the enrollment, as a Liquid template: with `whenActive: parallel` those with different keys run side by side.',
    ),
};

export interface EntryTemplates {
  readonly workflow: string;
  readonly variables?: Readonly<Record<string, Json>> | undefined;
  readonly key?: string | undefined;
}

export interface RenderedEntry {
  readonly key: string | null;
  readonly variables: JsonObject;
}

/** Renders what she brings along. Rejects with EvaluationFailed. */
export async function renderEntry(
  { variables = {}, key }: EntryTemplates,
  facts: Facts,
  evaluators: Evaluators,
): Promise<RenderedEntry> {
  const rendered = (await evaluators.value(variables, facts)) as JsonObject;
  const characters = JSON.stringify(rendered).length;
  if (characters > MOST_CHARACTERS) {
    throw new EvaluationFailed(
      'variable.too_large',
      `The variables would have ${characters} characters as JSON; they may have ${MOST_CHARACTERS}.`,
    );
  }
  return { variables: rendered, key: await renderKey(key, facts, evaluators) };
}

/** The key of an enrollment; null when none is asked for. Rejects with EvaluationFailed. */
export async function renderKey(
  key: string | undefined,
  facts: Facts,
  evaluators: Evaluators,
): Promise<string | null> {
  if (key === undefined) return null;
  const rendered = (await renderText(key, facts, evaluators)).trim();
  if (rendered !== '' && rendered.length <= LONGEST_KEY) return rendered;
  const found = rendered === '' ? 'nothing' : `${rendered.length} characters`;
  throw new EvaluationFailed(
    'enrollment.bad_key',
    `The key is rendered to ${found}; it must have 1 to ${LONGEST_KEY} characters.`,
  );
}

/**
 * What a dry run makes of an entry: she is let in, unless the mock's `status` is `blocked`. The other
 * workflow does not run.
 */
export async function previewOfEntry(
  type: string,
  config: EntryTemplates,
  facts: Facts,
  evaluators: Evaluators,
  mocked: Json | undefined,
): Promise<DryRun & { readonly result: EnrollResult }> {
  await renderEntry(config, facts, evaluators);
  if (mockedStatus(mocked) === 'blocked') {
    const reason = 'mocked';
    return { preview: { blocked: reason }, result: { outcome: 'blocked', reason } };
  }
  const ended = await facts.findEvents({ types: [ENDED], from: null, to: null }, MOST_ENDS);
  const enrollmentId = `simulated-${ended.length + 1}`;
  const call = { type, target: config.workflow };
  return { preview: { call }, result: { outcome: 'enrolled', enrollmentId } };
}

/** The event that tells of the end of an enrollment. */
export const ENDED = 'enrollment.ended';

const MOST_ENDS = 10_000;

/** The `status` that the output of a mock gives; null when it gives none. */
export function mockedStatus(mocked: Json | undefined): string | null {
  if (mocked === undefined || !isObject(mocked) || !Object.hasOwn(mocked, 'status')) return null;
  const { status } = mocked;
  return typeof status === 'string' ? status : null;
}
