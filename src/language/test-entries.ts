/** Tests whose trigger would let nobody in: their runs go on all the same, so that nobody notices. */
import { setImmediate } from 'node:timers/promises';
import type { Issue } from '../errors';
import type { Definition } from '../journey/definition';
import { ENTRY_REASONS, type EntryReason, type JourneyTest } from '../journey/journey-tests';
import { apart } from '../journey/reason';
import type { Entry } from './dry-run-entry';
import { dryEntry } from './dry-run';
import { listed } from './findings';
import { knownEvent } from './event-catalogue';
import type { ParsedDefinition } from './parse-definition';
import { START } from './run-tests';
import { didYouMean } from './suggest';
import { type Suggest, suggester } from './suggester';

/** A hostile definition has no claim to be warned. */
const LONGEST_MS = 1_000;

/** A warning for each of them that would not be let in live. */
export async function entryWarnings({
  definition,
  entries,
}: Pick<ParsedDefinition, 'definition' | 'entries'>): Promise<Issue[]> {
  if (definition === null || entries.length === 0) return [];
  const until = performance.now() + LONGEST_MS;
  const suggest = suggester(triggerEvents(definition));
  const warnings: Issue[] = [];
  for (const { test, issue } of entries) {
    const told = definition.tests?.[test];
    if (told === undefined || performance.now() > until) break;
    const entry = await dryEntry(definition, told, { now: START });
    if (!entry.allowed) warnings.push({ ...issue, ...said(definition, told, entry, suggest) });
    await setImmediate();
  }
  return warnings;
}

const triggerEvents = ({ triggers }: Definition): readonly string[] => [
  ...new Set(triggers.flatMap((each) => (each.type === 'event' ? [each.event] : []))),
];

function said(
  definition: Definition,
  { trigger }: JourneyTest,
  { reason }: Entry,
  suggest: Suggest,
): Pick<Issue, 'message' | 'suggestion'> {
  const event = knownEvent(trigger?.type ?? '') ?? trigger?.type ?? '';
  const { code, words } = apart(reason ?? '');
  const kind = known(code);
  const found = kind === 'no_trigger' ? suggest(event) : {};
  const why = {
    no_trigger: `no trigger takes the event "${event}".${didYouMean(found) || takes(definition)} Correct the event`,
    trigger_filter: `the filter of the trigger "${event}" does not take the event (${words ?? ''}). Correct its properties or the filter`,
    entry_condition: `"settings.enrollment.entryWhen" does not hold (${words ?? ''}). Correct the contact or the condition`,
  }[kind];
  const message = `Live, she would not be let in, and the test runs all the same: ${why}, or expect "entry: { allowed: false }".`;
  return { message, ...found };
}

function takes(definition: Definition): string {
  const events = triggerEvents(definition);
  return events.length === 0 ? ' No event lets people in.' : ` Triggers take ${listed(events)}.`;
}

/** A test has no passages that could limit another. */
const known = (code: string): EntryReason =>
  ENTRY_REASONS.find((each) => each === code) ?? 'entry_condition';
