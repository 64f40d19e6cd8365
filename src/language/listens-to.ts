/** What a definition reacts to, computed once when it is published. */
import type { ConditionGroup } from '../journey/condition';
import type { Definition } from '../journey/definition';
import { nodeTypes } from '../journey/nodes/index';

export interface TriggerRow {
  readonly eventType: string;
  /** Null when every such event enrolls. */
  readonly filter: ConditionGroup | null;
}

/** The event types that an enrollment must be woken for: those its waits and goals name, sorted. */
export function listensTo(definition: Definition): string[] {
  const awaited = definition.nodes.flatMap((node) =>
    (nodeTypes.get(node.type)?.awaits?.(node.data) ?? []).flatMap((event) => event.types),
  );
  const goals = definition.goals.map((goal) => goal.event);
  return [...new Set([...awaited, ...goals])].sort();
}

/** The events that start an enrollment, one row each, for the index that matches incoming events. */
export function triggerRows(definition: Definition): TriggerRow[] {
  return definition.triggers.flatMap((trigger) =>
    trigger.type === 'event' ? [{ eventType: trigger.event, filter: trigger.filter ?? null }] : [],
  );
}
