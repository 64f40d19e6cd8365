/**
 * What a decision may know, and how it is judged.
 *
 * Facts are loaded where they are kept (in the transaction of an activity, or in the simulator's
 * memory); this file only names their shape, so that one `decide` serves both.
 */
import type { ConditionGroup } from './condition';
import type { Consent } from './consent';
import type { Instant, Json, JsonObject } from './json';
import type { MailContent, MailTemplate } from './mail-template';
import type { Suppression } from './suppression';
import type { TimeWindow } from './window';

/** A contact as conditions and templates see it. */
export interface ContactFacts {
  readonly id: string;
  readonly externalId: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly timeZone: string | null;
  readonly attributes: JsonObject;
  readonly tags: readonly string[];
  readonly score: number;
  /** Keys of the lists she is on. */
  readonly lists: readonly string[];
  /** Keys of the segments she is in. */
  readonly segments: readonly string[];
  /** By channel, whether she may be written to; a channel not named may be used. */
  readonly consent: Consent;
}

/** The fields of a contact of whom nothing is known. */
export const EMPTY_CONTACT = {
  externalId: null,
  email: null,
  phone: null,
  firstName: null,
  lastName: null,
  timeZone: null,
  attributes: {},
  tags: [] as string[],
  score: 0,
  consent: {},
} satisfies Partial<ContactFacts>;

/** An event as filters, conditions and templates see it. */
export interface EventFacts {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly properties: JsonObject;
}

/** A question about a contact's past; both ends of the interval are inclusive, null is open. */
export interface EventQuestion {
  readonly types: readonly string[];
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Only events about this message (its effect key). */
  readonly deliveryKey?: string;
  readonly excludeIds?: readonly string[];
  /** Where a limit cuts: the latest ones are answered instead of the earliest, still earliest first. */
  readonly newest?: boolean;
}

/** What a filter may know beside the event under test; a trigger's filter knows of no enrollment yet. */
export type FilterFacts = Pick<Facts, 'at' | 'contact'> &
  Partial<Pick<Facts, 'variables' | 'enrollment' | 'workspace' | 'timeZone'>>;

/** Everything true about one enrollment at one instant of the workflow's time. */
export interface Facts {
  /** The workflow's time; neither the host's nor the database's clock is ever asked. */
  readonly at: Instant;
  readonly contact: ContactFacts;
  readonly variables: JsonObject;
  /** The event that started the enrollment, if one did. */
  readonly trigger: EventFacts | null;
  readonly enrollment: {
    readonly id: string;
    readonly workflowKey: string;
    readonly version: number;
    readonly startedAt: Instant;
  };
  /** The zone that the definition names for local times, if it does. */
  readonly timeZone: string | null;
  readonly workspace: { readonly timeZone: string; readonly variables: JsonObject };
  /** Past events, earliest first by (occurredAt, sequence). */
  findEvents(question: EventQuestion, limit: number): Promise<readonly EventFacts[]>;
  /** The latest visit of a node, or null when it was not visited. */
  lastVisit(nodeId: string): Promise<VisitFacts | null>;
  /** The port that a sticky split assigned to the contact earlier, under the experiment's key. */
  assignment(experiment: string): Promise<string | null>;
  /** That nothing may go to an address any more; null when something may. */
  suppression(address: string): Promise<Suppression | null>;
  /** The latest version of a stored template; null when there is none of this key, or nobody can say. */
  template(key: string): Promise<MailTemplate | null>;
  /** Ports that a dry run forces, by node id or experiment; empty for real enrollments. */
  readonly chosen: Readonly<Record<string, string>>;
}

export interface VisitFacts {
  readonly startedAt: Instant;
  /** Null while it lasts, and for a visit that ended its path. */
  readonly port: string | null;
}

/**
 * Data that cannot be used as asked: a template that does not render, a text that should be added up. The
 * node fails with the code; the message is for people and may be personal.
 */
export class EvaluationFailed extends Error {
  override readonly name: string = 'EvaluationFailed';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** An e-mail as its templates make it; `to` is null when nothing says where it goes. */
export interface RenderedEmail {
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  readonly to: string | null;
}

export interface EmailTemplates extends MailContent {
  /** The recipient; the contact's address when absent. */
  readonly to?: string | undefined;
}

/** An answer with its explanation ("score 42 is not greater_than 50"). */
export interface Verdict {
  readonly value: boolean;
  readonly reason: string;
  /** When time alone may change the answer ("older than 30 days"). */
  readonly changesAt?: Instant;
}

/** What needs a template engine, a regular expression or a zone database, kept out of the sandbox. */
export interface Evaluators {
  /** Judges a group about an enrollment. Never throws for data: a mismatch is false with a reason. */
  condition(group: ConditionGroup, facts: Facts): Promise<Verdict>;
  /** Judges a filter: `event.…` and bare paths speak of `event`, the one under test. */
  filter(group: ConditionGroup, event: EventFacts, facts: FilterFacts): Verdict;
  /**
   * Renders a Value: a literal, or a Liquid string (one single expression keeps its type).
   * Rejects with EvaluationFailed.
   */
  value(template: Json, facts: Facts): Promise<Json>;
  /** Renders an e-mail, values escaped in the HTML body. Throws EvaluationFailed. */
  email(templates: EmailTemplates, facts: Facts): RenderedEmail;
  /** The instant that a date, date-time or number names in her zone (or the one given); null when none. */
  instant(value: Json, facts: Facts, zone?: string): Instant | null;
  /** The first instant at or behind `from` that has this wall clock on one of these days. */
  localTime(time: LocalTime, from: Instant, facts: Facts): Instant;
  /** Why an earlier choice of the zone was passed over, such as one of hers that does not exist. */
  zoneNote(facts: Facts, given?: string): string | undefined;
  /** Calendar arithmetic by her wall clock (or that of the zone given). */
  calendar(facts: Facts, zone?: string): Calendar;
  /** Whether a window is open at `at`, and when that changes next. */
  window(
    window: TimeWindow,
    at: Instant,
    facts: Facts,
  ): { open: boolean; changesAt?: Instant; note?: string };
  /** A number in [0, 1) that depends on the text alone, the same on every machine. */
  fraction(text: string): number;
}

/** A wall clock, the days it is asked for (all when absent) and its zone (hers when absent). */
export interface LocalTime {
  readonly time: string;
  readonly days?: readonly string[] | undefined;
  readonly timeZone?: string | undefined;
}

/** Arithmetic by the wall clock of one zone; null where a date would leave the years that can be written. */
export interface Calendar {
  /** ISO text in UTC. */
  text(at: Instant): string | null;
  wallClock(at: Instant): WallClock | null;
  /** The same time of day, so many days, weeks, months or years on. */
  shift(at: Instant, by: CalendarShift): Instant | null;
  /** A week begins on Monday. */
  startOf(at: Instant, unit: CalendarUnit): Instant | null;
  /** Its last millisecond. */
  endOf(at: Instant, unit: CalendarUnit): Instant | null;
  /** Whole units from one instant to the other, negative when it lies before. */
  difference(from: Instant, to: Instant, unit: DifferenceUnit): number | null;
}

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'year';

export type DifferenceUnit =
  | 'seconds'
  | 'minutes'
  | 'hours'
  | 'days'
  | 'weeks'
  | 'months'
  | 'years';

export interface CalendarShift {
  readonly days?: number;
  readonly weeks?: number;
  readonly months?: number;
  readonly years?: number;
}

export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: string;
  /** `2026-03-27`. */
  readonly date: string;
  /** `09:00`. */
  readonly time: string;
  /** `2026-03-27T09:00:00+01:00`. */
  readonly text: string;
}
