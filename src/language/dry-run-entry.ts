/** Whether the contact of a dry run would be let in; the run goes on either way. */
import type { ConditionGroup } from '../journey/condition';
import type { Definition } from '../journey/definition';
import { factsAtEntry } from '../journey/entry-facts';
import type { Facts } from '../journey/facts';
import type { SimulationInput } from '../journey/simulation';

export interface Entry {
  readonly allowed: boolean;
  readonly reason: string | null;
}

const ALLOWED: Entry = { allowed: true, reason: null };

/** Judges the trigger's filter, then `entryWhen`, then what the caller knows about a stored contact. */
export async function entryOf(
  definition: Definition,
  input: SimulationInput,
  admission: Entry = ALLOWED,
): Promise<Entry> {
  const triggered = byTrigger(definition, input);
  if (!triggered.allowed) return triggered;
  const { entryWhen } = definition.settings.enrollment;
  if (entryWhen !== undefined) {
    const verdict = await input.evaluators.condition(entryWhen, factsOf(input));
    if (!verdict.value) return { allowed: false, reason: `entry_condition: ${verdict.reason}` };
  }
  return admission;
}

function byTrigger({ triggers }: Definition, input: SimulationInput): Entry {
  const { trigger, evaluators, contact, startAt } = input;
  if (trigger === undefined) return ALLOWED;
  const reasons: string[] = [];
  for (const each of triggers) {
    if (each.type !== 'event' || each.event !== trigger.type) continue;
    const filter: ConditionGroup | undefined = each.filter;
    if (filter === undefined) return ALLOWED;
    const verdict = evaluators.filter(filter, trigger, { at: startAt, contact });
    if (verdict.value) return ALLOWED;
    reasons.push(verdict.reason);
  }
  const reason =
    reasons.length === 0
      ? `no_trigger: nothing is triggered by ${trigger.type}`
      : `trigger_filter: ${reasons.join('; ')}`;
  return { allowed: false, reason };
}

function factsOf(input: SimulationInput): Facts {
  const { contact, startAt, trigger = null, variables = {}, workflow, script } = input;
  const past = script.flatMap((entry, index) =>
    'event' in entry && entry.at < startAt
      ? [
          {
            id: `history-${index}`,
            type: entry.event.type,
            occurredAt: entry.at,
            properties: entry.event.properties ?? {},
          },
        ]
      : [],
  );
  return factsAtEntry({
    at: startAt,
    contact,
    variables,
    trigger,
    enrollment: {
      id: 'simulated',
      workflowKey: workflow.key,
      version: workflow.version,
    },
    timeZone: input.timeZone ?? null,
    workspace: input.workspace ?? { timeZone: 'UTC', variables: {} },
    findEvents: async ({ types, from, to }, limit) =>
      past
        .filter(
          ({ type, occurredAt }) =>
            types.includes(type) &&
            (from === null || occurredAt >= from) &&
            (to === null || occurredAt <= to),
        )
        .toSorted((a, b) => a.occurredAt - b.occurredAt)
        .slice(0, limit),
  });
}
