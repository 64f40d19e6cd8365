/** Texts in a definition that are programs of their own: Liquid templates and patterns. */
import type { Issue } from '../errors';
import { isTemplate, templateProblem } from '../evaluate/liquid';
import { patternProblem } from '../evaluate/regex';
import type { SketchNode } from './graph-sketch';
import { type Path, pathText } from './path';

/** Every template of these nodes that cannot be read. */
export function templateIssues(nodes: readonly SketchNode[]): Issue[] {
  return nodes.flatMap((node) => {
    const templates = node.config === null ? [] : (node.type?.templates?.(node.config.value) ?? []);
    return templates.flatMap(({ path, text }): Issue[] => {
      const problem = templateProblem(text);
      if (problem === null) return [];
      const message = `This template cannot be read: ${problem}`;
      return [
        {
          code: 'definition.bad_template',
          path: `${pathText(['nodes', node.index, 'data'])}.${path}`,
          message,
        },
      ];
    });
  });
}

/** Every pattern of a condition, wherever it stands in what was written, that is not valid. */
export function patternIssues(written: unknown, path: Path = []): Issue[] {
  if (typeof written !== 'object' || written === null) return [];
  if (Array.isArray(written)) {
    return written.flatMap((item, index) => patternIssues(item, [...path, index]));
  }
  const { operator, value } = written as { operator?: unknown; value?: unknown };
  const isPattern = typeof operator === 'string' && operator.toLowerCase() === 'matches_regex';
  // What a template gives is known only when it is rendered.
  const problem =
    isPattern && typeof value === 'string' && !isTemplate(value) ? patternProblem(value) : null;
  const inner = Object.entries(written).flatMap(([key, child]) =>
    patternIssues(child, [...path, key]),
  );
  if (problem === null) return inner;
  const message = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}. Patterns are RE2: no look-around, no back references.`;
  return [
    { code: 'definition.bad_pattern', path: pathText([...path, 'value']), message },
    ...inner,
  ];
}
