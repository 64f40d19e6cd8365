/** What a definition names by its key and does not hold: whether it exists, only the database knows. */
import type { Issue } from '../errors';
import type { Definition } from '../journey/definition';
import type { NodeType } from '../journey/node-type';
import { nodeTypes } from '../journey/nodes/index';
import { pathText } from './path';

/** Something else that a definition names by its key. */
export interface Reference {
  readonly key: string;
  /** What to say when there is none. */
  readonly issue: Issue;
}

/** Other workflows that its nodes name. */
export const workflowReferences = (definition: Definition | null): Reference[] =>
  references(definition, {
    ...{ field: 'workflow', code: 'definition.unknown_workflow' },
    keyOf: (type, data) => type.namesWorkflow?.(data),
    says: (key, id) =>
      `There is no workflow "${key}", which "${id}" names. Create it before this one is activated.`,
  });

/** Stored templates that its nodes send. */
export const templateReferences = (definition: Definition | null): Reference[] =>
  references(definition, {
    ...{ field: 'template', code: 'definition.unknown_template' },
    keyOf: (type, data) => type.namesTemplate?.(data),
    says: (key, id) =>
      `There is no template "${key}", which "${id}" sends. Create it before this workflow is activated.`,
  });

interface Naming {
  /** In which the nodes name it. */
  readonly field: string;
  readonly code: Issue['code'];
  keyOf(type: NodeType, data: unknown): string | undefined;
  says(key: string, nodeId: string): string;
}

function references(
  definition: Definition | null,
  { field, code, keyOf, says }: Naming,
): Reference[] {
  return (definition?.nodes ?? []).flatMap(({ type, data, id }, index) => {
    const nodeType = nodeTypes.get(type);
    const key = nodeType && keyOf(nodeType, data);
    if (key === undefined) return [];
    const path = pathText(['nodes', index, 'data', field]);
    return [{ key, issue: { code, path, message: says(key, id) } }];
  });
}
