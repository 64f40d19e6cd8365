/** Texts in a definition that are programs of their own: Liquid templates and patterns. */
import type { Issue } from '../errors';
import { isTemplate, templateProblem } from '../evaluate/liquid';
import { mjmlProblem } from '../evaluate/mjml';
import { patternProblem } from '../evaluate/regex';
import { placesIn } from '../evaluate/template-names';
import { type FoundIssue, issueAt } from './findings';
import type { GraphSketch, SketchNode } from './graph-sketch';
import { conditionObjects, objectsInside } from './language-objects';
import { type Path, pathText } from './path';

/** A template and where it stands. */
export interface PlacedTemplate {
  /** As an issue names it. */
  readonly path: string;
  readonly text: string;
  /** What it has to be beside Liquid. */
  readonly markup?: 'mjml';
}

/** The templates that nodes say they have. */
export function nodeTemplates(nodes: readonly SketchNode[]): readonly PlacedTemplate[] {
  return nodes.flatMap((node) => {
    const templates = node.config === null ? [] : (node.type?.templates?.(node.config.value) ?? []);
    const prefix = pathText(['nodes', node.index, 'data']);
    return templates.map(({ path, ...rest }) => ({ path: `${prefix}.${path}`, ...rest }));
  });
}

/** The templates that conditions compare with. */
export function operandTemplates(sketch: GraphSketch): readonly PlacedTemplate[] {
  return conditionObjects(sketch).flatMap(({ path, value: { operator, value } }) => {
    if (typeof operator !== 'string') return [];
    const operands: readonly (readonly [unknown, Path])[] = Array.isArray(value)
      ? value.map((item: unknown, index) => [item, [...path, 'value', index]] as const)
      : [[value, [...path, 'value']]];
    return operands.flatMap(([text, at]) =>
      typeof text === 'string' && isTemplate(text) ? [{ path: pathText(at), text }] : [],
    );
  });
}

/** The engine's own words for a place, and for what it is that speaks. */
const ENGINE_PLACE = /^Template: |, line:\d+, col:\d+$/g;

/** Templates that cannot be read. */
export function unreadable(templates: readonly PlacedTemplate[]): FoundIssue[] {
  return templates.flatMap(({ path, text, markup }): FoundIssue[] => {
    const problem = templateProblem(text) ?? (markup === 'mjml' ? mjmlProblem(text) : null);
    if (problem === null) return [];
    const { begin } = problem;
    const words = `This template cannot be read: ${problem.message.replace(ENGINE_PLACE, '')}`;
    if (begin === null) return [{ code: 'definition.bad_template', path, message: words }];
    const message = `${words} (${placesIn(text)(begin)} of the template)`;
    return [{ code: 'definition.bad_template', path, message, inText: { text, begin } }];
  });
}

/** Every template of these nodes that cannot be read. */
export function templateIssues(nodes: readonly SketchNode[]): FoundIssue[] {
  return unreadable(nodeTemplates(nodes));
}

/** Every pattern of a condition, wherever it stands in what was written, that is not valid. */
export function patternIssues(written: unknown, path: Path = []): Issue[] {
  return objectsInside(written, path).flatMap(
    ({ path: at, value: { operator, value } }): Issue[] => {
      const isPattern = typeof operator === 'string' && operator.toLowerCase() === 'matches_regex';
      // What a template gives is known only when it is rendered.
      if (!isPattern || typeof value !== 'string' || isTemplate(value)) return [];
      const problem = patternProblem(value);
      if (problem === null) return [];
      const message = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}. Patterns are RE2: no look-around, no back references.`;
      return [issueAt('definition.bad_pattern', [...at, 'value'], message)];
    },
  );
}
