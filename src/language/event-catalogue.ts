/**
 * The events that Throughline knows by name, what else they are called, and what they tell.
 *
 * A name is read without regard to case, `_` and `.`; a name that is not here is a custom event and
 * stays as it was written.
 */
import { editDistance } from './suggest';

interface KnownEvent {
  /** Other names that mean this event. */
  readonly aliases?: readonly string[];
  /** Properties that a trigger's `config` may ask for. */
  readonly asks?: readonly string[];
}

/** What a trigger's `config` may ask of any event. */
const ALWAYS_ASKED = ['tag', 'formId', 'stage', 'field'] as const;

const DEAL = ['pipeline', 'pipelineId', 'stage', 'status', 'opportunityId'] as const;
const BOOKING = ['calendarId', 'appointmentType', 'status'] as const;
const PAYMENT = ['productId', 'currency', 'source'] as const;
const PLAN = ['plan', 'planId', 'productId'] as const;
const MESSAGE = ['template', 'templateId', 'campaignId', 'workflow', 'nodeId'] as const;

const EVENTS: Readonly<Record<string, KnownEvent>> = {
  'contact.created': { asks: ['source'] },
  'contact.updated': { aliases: ['contact.changed'], asks: ['changed'] },
  'contact.replied': { aliases: ['reply'], asks: ['channel'] },
  'contact.tag_added': { aliases: ['tag_added'], asks: ['tag'] },
  'contact.tag_removed': { aliases: ['tag_removed'], asks: ['tag'] },
  'contact.field_changed': {
    aliases: ['contact.attribute_changed', 'field_changed', 'attribute_changed'],
    asks: ['field'],
  },
  'contact.dnd_changed': { aliases: ['dnd_changed'], asks: ['channel'] },
  'contact.score_changed': { aliases: ['score_changed'], asks: ['score'] },
  'list.entered': { aliases: ['list_entry'], asks: ['list'] },
  'list.left': { aliases: ['list_exit'], asks: ['list'] },
  'segment.entered': { asks: ['segment'] },
  'segment.left': { asks: ['segment'] },
  'form.submitted': { asks: ['formId', 'form'] },
  'form.abandoned': { asks: ['formId', 'form'] },
  'survey.completed': { asks: ['surveyId', 'survey'] },
  'survey.response': { asks: ['surveyId', 'survey', 'question', 'answer'] },
  'appointment.booked': { asks: BOOKING },
  'appointment.cancelled': { aliases: ['appointment.canceled'], asks: BOOKING },
  'appointment.rescheduled': { asks: BOOKING },
  'appointment.no_show': { asks: BOOKING },
  'appointment.completed': { asks: BOOKING },
  'appointment.reminder': { asks: BOOKING },
  'opportunity.created': { asks: DEAL },
  'opportunity.stage_changed': { asks: [...DEAL, 'fromStage', 'toStage'] },
  'opportunity.status_changed': { asks: DEAL },
  'opportunity.stale': { asks: DEAL },
  'opportunity.won': { asks: DEAL },
  'opportunity.lost': { asks: DEAL },
  'payment.successful': { asks: PAYMENT },
  'payment.failed': { asks: PAYMENT },
  'payment.refunded': { asks: PAYMENT },
  'subscription.created': { asks: PLAN },
  'subscription.renewed': { asks: PLAN },
  'subscription.cancelled': { aliases: ['subscription.canceled'], asks: PLAN },
  'subscription.expired': { asks: PLAN },
  'email.opened': { aliases: ['email_open'], asks: MESSAGE },
  'email.clicked': { aliases: ['email_click'], asks: [...MESSAGE, 'url'] },
  'email.replied': { aliases: ['email_reply'], asks: MESSAGE },
  'email.bounced': { aliases: ['email_bounce'], asks: [...MESSAGE, 'kind'] },
  'email.complained': { aliases: ['email_complaint', 'email.complaint'], asks: MESSAGE },
  'email.unsubscribed': { aliases: ['email_unsubscribe'], asks: MESSAGE },
  'sms.received': { asks: ['keyword', 'to'] },
  'sms.replied': { aliases: ['sms_reply'], asks: MESSAGE },
  'whatsapp.received': { asks: ['keyword', 'to'] },
  'call.completed': { asks: ['outcome', 'direction'] },
  'call.missed': { asks: ['direction'] },
  'voicemail.received': {},
  'social.engaged': { asks: ['network', 'kind'] },
  'webhook.received': { asks: ['hook', 'source'] },
};

/** Every known event, by its canonical name. */
export const KNOWN_EVENTS: readonly string[] = Object.keys(EVENTS);

const byFoldedName: ReadonlyMap<string, string> = new Map(
  Object.entries(EVENTS).flatMap(([name, { aliases = [] }]) =>
    [name, ...aliases].map((each) => [fold(each), name] as const),
  ),
);

/** Every way of naming a known event, as the catalogue spells it, with the canonical name. */
export const EVENT_NAMES: readonly (readonly [written: string, name: string])[] = Object.entries(
  EVENTS,
).flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((each) => [each, name] as const));

/** The known event that a name means, or null for a custom one. */
export function knownEvent(name: string): string | null {
  return byFoldedName.get(fold(name)) ?? null;
}

/** Longer names are never near a known one, and comparing them would be wasted. */
const LONGEST_COMPARED = 60;
const MAX_DISTANCE = 2;

/** The known event that a custom name probably meant to be, or null when none is near. */
export function nearEvent(name: string): string | null {
  const folded = fold(name);
  if (folded.length < 5 || folded.length > LONGEST_COMPARED) return null;
  let best: string | null = null;
  let bestDistance = MAX_DISTANCE + 1;
  for (const [candidate, known] of byFoldedName) {
    if (Math.abs(candidate.length - folded.length) > MAX_DISTANCE) continue;
    const distance = editDistance(folded, candidate);
    if (distance < bestDistance) {
      best = known;
      bestDistance = distance;
    }
  }
  return best;
}

/** The properties that a trigger's `config` may ask an event for. */
export function askable(event: string): readonly string[] {
  const own = Object.hasOwn(EVENTS, event) ? (EVENTS[event]?.asks ?? []) : [];
  return [...new Set([...ALWAYS_ASKED, ...own])];
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[._]/g, '');
}
