/** What is written at a node where it means nothing, or something unexpected. */
import type { Issue } from '../errors';
import { type GraphFindings, issueAt } from './findings';
import type { GraphShape } from './graph-shape';
import type { SketchNode } from './graph-sketch';

/** Everything about `executeIf`, `retry` and `timeout` of nodes, and fields that have no effect. */
export function checkNodes({ sketch: { nodes }, edgesFrom }: GraphShape): GraphFindings {
  const skippable = nodes.filter(({ skippable }) => skippable);
  return {
    errors: skippable.flatMap(unskippable),
    warnings: [
      ...skippable.flatMap((node) =>
        skipEndsPath(
          node,
          edgesFrom(node.id).some(({ port }) => port === 'next'),
        ),
      ),
      ...nodes.flatMap(uselessAttempts),
      ...nodes.flatMap(uselessFields),
    ],
  };
}

function unskippable({ index, id, type }: SketchNode): Issue[] {
  const { forks = false, joins, jumpsTo } = type ?? {};
  if (!forks && joins === undefined && jumpsTo === undefined) return [];
  const why =
    jumpsTo === undefined
      ? 'whether a fork is open must not depend on the contact'
      : 'it would go on at its target all the same';
  const message = `"${id}" (${type?.type}) cannot be skipped: ${why}. Put a condition in front of it.`;
  return [issueAt('definition.execute_if_not_allowed', ['nodes', index, 'executeIf'], message)];
}

function skipEndsPath(node: SketchNode, hasNext: boolean): Issue[] {
  const { index, id, type, ports } = node;
  if (type === null || ports === null || hasNext || ports.includes('next')) return [];
  if (unskippable(node).length > 0) return [];
  const message = `When "${id}" is skipped its path ends, since it has no "next" edge. Draw one to say where to go on.`;
  return [issueAt('definition.skip_ends_path', ['nodes', index, 'executeIf'], message)];
}

const ATTEMPTS = ['retry', 'timeout'] as const;

/** Only an effect is attempted; nothing else can fail for a while. */
function uselessAttempts({ index, id, type, envelope }: SketchNode): Issue[] {
  if (type === null || type.kind === 'effect') return [];
  return ATTEMPTS.filter((field) => envelope[field] !== undefined).map((field) => {
    const message = `"${field}" speaks of the attempts of an action; "${id}" (${type.type}) makes none, so it has no effect. Remove it.`;
    return issueAt('definition.useless_field', ['nodes', index, field], message);
  });
}

/** What the type says of its own configuration. */
function uselessFields({ index, id, type, config }: SketchNode): Issue[] {
  const useless = config === null ? [] : (type?.useless?.(config.value) ?? []);
  return useless.map(({ field, why }) => {
    const message = `"${field}" of "${id}" has no effect, since ${why}`;
    return issueAt('definition.useless_field', ['nodes', index, 'data', field], message);
  });
}
