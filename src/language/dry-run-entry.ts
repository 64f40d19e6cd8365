/** Whether the contact of a dry run would be let in; the run goes on either way. */
import { type Passage, refusalOf } from '../journey/admission';
import type { Definition } from '../journey/definition';
import { factsAtEntry } from '../journey/entry-facts';
import { searchEvents } from '../journey/event-search';
import type { Facts } from '../journey/facts';
import type { EventFacts } from '../journey/facts';
import type { Instant } from '../journey/json';
import { BY_HAND, triggerKey, type Way } from '../journey/rate-limit';
import type { SimulationInput } from '../journey/simulation';

export interface Entry {
  readonly allowed: boolean;
  readonly reason: string | null;
}

/** What is known of a stored contact. Without `earlier` she was only described, and has no limits to keep. */
interface Stored {
  readonly now: Instant;
  readonly earlier?: readonly Passage[] | undefined;
}

/** Judges the trigger's filter, then `entryWhen`, then the limits for a stored contact. */
export async function entryOf(
  definition: Definition,
  input: SimulationInput,
  { now, earlier }: Stored,
): Promise<Entry> {
  const { ways, refused } = waysOf(definition, input);
  if (refused !== null) return { allowed: false, reason: refused };
  const { entryWhen } = definition.settings.enrollment;
  if (entryWhen !== undefined) {
    const verdict = await input.evaluators.condition(entryWhen, factsOf(input));
    if (!verdict.value) return { allowed: false, reason: `entry_condition: ${verdict.reason}` };
  }
  if (earlier === undefined) return { allowed: true, reason: null };
  const refusal = refusalOf(definition.settings.enrollment, earlier, { at: now, key: null, ways });
  return { allowed: refusal === null, reason: refusal?.reason ?? null };
}

interface Ways {
  readonly ways: readonly Way[];
  /** Why no trigger lets her in. */
  readonly refused: string | null;
}

function waysOf({ triggers }: Definition, input: SimulationInput): Ways {
  const { trigger } = input;
  if (trigger !== undefined) return eventWays(triggers, trigger, input);
  const ways = triggers.flatMap(({ type, rateLimit }) =>
    type === 'manual' ? [{ triggerKey: BY_HAND, rateLimit }] : [],
  );
  return { ways, refused: null };
}

function eventWays(
  triggers: Definition['triggers'],
  event: EventFacts,
  { evaluators, contact, startAt }: SimulationInput,
): Ways {
  const named = triggers.flatMap((each) =>
    each.type === 'event' && each.event === event.type ? [each] : [],
  );
  if (named.length === 0)
    return { ways: [], refused: `no_trigger: nothing is triggered by ${event.type}` };
  const judged = named.map(({ filter, rateLimit }, place) => ({
    way: { triggerKey: triggerKey(event.type, place), rateLimit },
    verdict: filter && evaluators.filter(filter, event, { at: startAt, contact }),
  }));
  const ways = judged.flatMap(({ way, verdict }) => (verdict?.value === false ? [] : [way]));
  const reasons = judged.map(({ verdict }) => verdict?.reason).join('; ');
  return { ways, refused: ways.length === 0 ? `trigger_filter: ${reasons}` : null };
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
  // A condition may ask for what ever happened, the triggering event included.
  const known = trigger === null ? past : [...past, trigger];
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
    findEvents: async (question, limit) => searchEvents(known, question, limit),
  });
}
