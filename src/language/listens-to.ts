/** What a definition reacts to, computed once when it is published. */
import { type ConditionGroup, isGroup } from '../journey/condition';
import { CONTACT_EVENTS } from '../journey/contact-events';
import type { Definition, DefinitionNode } from '../journey/definition';
import { nodeTypes } from '../journey/nodes/index';
import type { RateLimit } from '../journey/rate-limit';

export interface TriggerRow {
  readonly eventType: string;
  /** Null when every such event enrolls. */
  readonly filter: ConditionGroup | null;
  readonly rateLimit: RateLimit | null;
}

/**
 * The event types that an enrollment must be woken for, sorted: those its waits and goals name, those
 * that an exit, a goal or a wait asks about, and every change of the contact where one of these asks
 * about her. What is judged on arrival only (a condition node, `executeIf`) wakes nobody.
 */
export function listensTo(definition: Definition): string[] {
  const { nodes, goals, settings } = definition;
  const groups = settings.exitWhen === undefined ? [] : [settings.exitWhen];
  return [
    ...new Set([
      ...nodes.flatMap(wakesNode),
      ...goals.flatMap(wakesGoal),
      ...groups.flatMap(wakesGroup),
      ...(settings.exitOnUnsubscribe === true ? CONTACT_EVENTS : []),
    ]),
  ].sort();
}

function wakesNode({ type: name, data }: DefinitionNode): readonly string[] {
  const type = nodeTypes.get(name);
  const awaited = (type?.awaits?.(data, {}) ?? []).flatMap(({ types }) => types);
  const watched = type?.watches?.(data) ?? [];
  return [...awaited, ...(watched === 'contact' ? CONTACT_EVENTS : watched.flatMap(wakesGroup))];
}

/** The condition of a goal by event is a filter: it speaks of that event, and seldom of the contact. */
function wakesGoal({ event, condition }: Definition['goals'][number]): readonly string[] {
  if (event === undefined) return condition === undefined ? [] : wakesGroup(condition);
  const isAboutHer = condition !== undefined && entriesOf(condition).some(namesContact);
  return [event, ...(isAboutHer ? CONTACT_EVENTS : [])];
}

/** A group may ask about the contact in many ways (fields, tags, Liquid), so any change of her may matter. */
function wakesGroup(group: ConditionGroup): readonly string[] {
  const events = entriesOf(group).flatMap((entry) => (entry.type === 'event' ? [entry.event] : []));
  return [...events, ...CONTACT_EVENTS];
}

type Entry = Exclude<ConditionGroup['conditions'][number], ConditionGroup>;

/** The conditions of a group, of nested groups too. */
function entriesOf(group: ConditionGroup): readonly Entry[] {
  const entries: Entry[] = [];
  const open = [group];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of next.conditions) {
      if (isGroup(entry)) open.push(entry);
      else entries.push(entry);
    }
  }
  return entries;
}

function namesContact(entry: Entry): boolean {
  if (entry.type === 'tag' || entry.type === 'score' || entry.type === 'segment') return true;
  return 'field' in entry && entry.field.startsWith('contact.');
}

/** The events that start an enrollment, one row each, for the index that matches incoming events. */
export function triggerRows(definition: Definition): TriggerRow[] {
  return definition.triggers.flatMap((trigger) => {
    if (trigger.type !== 'event') return [];
    const { event: eventType, filter = null, rateLimit = null } = trigger;
    return [{ eventType, filter, rateLimit }];
  });
}
