/**
 * From any form that a definition may be written in to the canonical graph.
 *
 * Owns: the order in which the forms are read. Does not own: what each of them means (forms/), whether
 * the outcome is valid (parse-definition.ts).
 *
 * 1. Nothing is judged here that a schema or the graph's judge says too: what cannot be read stays.
 * 2. A canonical definition is its own canonical form.
 */
import { definitionSchema } from '../journey/definition';
import type { JsonObject } from '../journey/json';
import { liftTriggers, readHandles } from './forms/canvas';
import { readAction } from './forms/actions';
import { normalizeEnrollmentSettings } from './forms/enrollment-settings';
import { normalizeGoals } from './forms/goals';
import { nameData, normalizeNode } from './forms/node';
import { spelled } from './forms/spelling';
import { followOneAnother, readStep } from './forms/steps';
import { nameTestEvents } from './forms/test-events';
import { normalizeTriggers } from './forms/triggers';
import { drawWays, idOf, type Step } from './forms/ways';
import { Notes } from './notes';
import { list, plant, type WrittenObject } from './written';
import { listAt, textOf } from './written-fields';

/** The names of the list of nodes, one for each form. */
const FORMS = ['nodes', 'steps', 'actions'] as const;
type FormName = (typeof FORMS)[number];

export interface Normalized {
  /** The canonical form, in which every value knows where it was written. */
  readonly tree: WrittenObject;
  readonly notes: Notes;
}

/** Brings a definition to the canonical form. The input must have passed the guard of json-guard.ts. */
export function normalize(source: JsonObject): Normalized {
  const notes = new Notes();
  const tree = plant(source) as WrittenObject;
  const form = formOf(tree, notes);
  liftTriggers(tree, notes);
  normalizeTriggers(tree, notes);
  normalizeGoals(tree, normalizeEnrollmentSettings(tree, notes), notes);
  readNodes(tree, form, notes);
  nameTestEvents(tree, notes);
  spelled(tree, definitionSchema, notes);
  return { tree, notes };
}

/** Which form it is; the list of nodes is called `nodes` from here on. */
function formOf(root: WrittenObject, notes: Notes): FormName {
  const [form = 'nodes', ...others] = FORMS.filter((name) => root.fields.has(name));
  for (const other of others) {
    const message = `"${form}" and "${other}" both list the steps. Give one of them.`;
    notes.error('wrong_value', root.fields.get(other)?.place ?? null, message);
    root.fields.delete(other);
  }
  for (const name of FORMS) root.alsoKnown.add(name);
  const nodes = root.fields.get(form);
  if (form !== 'nodes' && nodes !== undefined) {
    root.fields.delete(form);
    root.fields.set('nodes', nodes);
  }
  return form;
}

function readNodes(root: WrittenObject, form: FormName, notes: Notes): void {
  const steps = (listAt(root, 'nodes')?.items ?? []).flatMap((node): Step[] =>
    node.kind === 'object' ? [{ node, ways: [], stops: false }] : [],
  );
  for (const step of steps) {
    nameData(step.node, notes);
    if (form === 'steps') readStep(step);
    if (form === 'actions') readAction(step);
    normalizeNode(step, notes);
  }
  readHandles(root, typesById(steps));
  if (form === 'steps') followOneAnother(steps, goingOn(root));
  drawWays(root, steps);
  if (form !== 'nodes' && !root.fields.has('edges')) root.fields.set('edges', list(root.place, []));
}

function typesById(steps: readonly Step[]): ReadonlyMap<string, string> {
  return new Map(steps.map((step) => [idOf(step) ?? '', textOf(step.node, 'type') ?? '']));
}

/** The nodes that a listed edge leads on from. */
function goingOn(root: WrittenObject): ReadonlySet<string> {
  const sources = (listAt(root, 'edges')?.items ?? []).flatMap((edge) => {
    if (edge.kind !== 'object') return [];
    const port = textOf(edge, 'sourceHandle') ?? 'next';
    return port === 'next' ? [textOf(edge, 'source') ?? ''] : [];
  });
  return new Set(sources);
}
