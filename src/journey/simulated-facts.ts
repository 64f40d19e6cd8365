/** What is true in a simulation: the contact, what happened, and what the journey has written. */
import { mergedConsent, refusedBy } from './consent';
import { contactEvents } from './contact-events';
import { updated } from './contact-update';
import { type PastEvent, searchEvents } from './event-search';
import type { ContactFacts, EventFacts, EventQuestion, Facts } from './facts';
import type { Instant, Json, JsonObject } from './json';
import type { MailTemplate } from './mail-template';
import type { ScriptEntry, SimulationInput } from './simulation';
import type { SimulatedSteps } from './simulated-steps';
import { type Suppression, suppressedBy, suppressedForm } from './suppression';
import type { FactWrite } from './writes';

const CHANNEL = /^[a-z_]+/;

interface SentMessage {
  readonly channel: string;
  readonly deliveryKey: string;
  /** Null where nobody knows whether it went out. */
  readonly to: string | null;
  /** When it went out, if it is marketing. */
  readonly marketedAt: Instant | null;
}

export class SimulatedFacts {
  contact: ContactFacts;
  bells = 0;
  readonly #variables: Map<string, Json>;
  readonly #events: PastEvent[] = [];
  readonly #assigned: Map<string, string>;
  readonly #templates: ReadonlyMap<string, MailTemplate>;
  /** The effect key of the last message of each channel. */
  readonly #lastSends = new Map<string, string>();
  /** Where messages went, by their effect key. */
  readonly #addresses = new Map<string, string>();
  readonly #suppressed = new Map<string, Suppression>();
  /** Marketing, by the effect key. */
  readonly #marketed = new Map<string, { readonly channel: string; readonly at: Instant }>();

  constructor(
    private readonly input: SimulationInput,
    private readonly steps: SimulatedSteps,
    private readonly enrollmentId: string,
  ) {
    this.contact = input.contact;
    this.#variables = new Map(Object.entries(input.variables ?? {}));
    this.#assigned = new Map(Object.entries(input.assignments ?? {}));
    this.#templates = new Map(Object.entries(input.templates ?? {}));
    // A condition may ask for what ever happened, the triggering event included.
    if (input.trigger) this.#events.push({ ...input.trigger, deliveryKey: null });
  }

  happens(entry: ScriptEntry): void {
    if ('contact' in entry) {
      const { contact: change } = entry;
      const after =
        typeof change === 'function' ? change(this.contact) : { ...this.contact, ...change };
      this.#change(after, entry.at);
    } else {
      const { type, properties = {} } = entry.event;
      this.#store(type, properties, entry.at, entry.node);
    }
    if (entry.unheard !== true) this.bells += 1;
  }

  sent({ channel, deliveryKey, to, marketedAt }: SentMessage): void {
    this.#lastSends.set(channel, deliveryKey);
    if (to !== null) this.#addresses.set(deliveryKey, to);
    // A mail in doubt is asked about again and again; it went out, if at all, when it was first tried.
    const isNew = marketedAt !== null && !this.#marketed.has(deliveryKey);
    if (isNew) this.#marketed.set(deliveryKey, { channel, at: marketedAt });
  }

  /** When marketing went out behind an instant: by a channel, or by any. */
  marketingSince(channel: string | null, after: Instant): readonly Instant[] {
    return [...this.#marketed.values()]
      .filter((sent) => (channel === null || sent.channel === channel) && sent.at > after)
      .map(({ at }) => at);
  }

  /** Applies what a node changes; events that it makes ring, as they do when they are stored. */
  apply(write: FactWrite, at: Instant): void {
    const before = this.#events.length;
    this.#write(write, at);
    if (this.#events.length > before) this.bells += 1;
  }

  #write(write: FactWrite, at: Instant): void {
    const { contact } = this;
    switch (write.kind) {
      case 'add_tags':
        return this.#change({ ...contact, tags: union(contact.tags, write.tags) }, at);
      case 'remove_tags':
        return this.#change({ ...contact, tags: without(contact.tags, write.tags) }, at);
      case 'update_contact':
        return this.#change(updated(contact, write.update), at);
      case 'add_to_list':
        return this.#change({ ...contact, lists: union(contact.lists, [write.list]) }, at);
      case 'remove_from_list':
        return this.#change({ ...contact, lists: without(contact.lists, [write.list]) }, at);
      case 'set_variable':
        this.#variables.set(write.name, write.value);
        return;
      case 'track_event':
        return this.#store(write.event, write.properties, at);
      case 'assign':
        this.#assigned.set(write.experiment, write.port);
    }
  }

  at(at: Instant): Facts {
    const { input } = this;
    return {
      at,
      contact: this.contact,
      variables: Object.fromEntries(this.#variables),
      trigger: input.trigger ?? null,
      enrollment: {
        id: this.enrollmentId,
        workflowKey: input.workflow.key,
        version: input.workflow.version,
        startedAt: input.startAt,
      },
      timeZone: input.timeZone ?? null,
      workspace: input.workspace ?? { timeZone: 'UTC', variables: {} },
      findEvents: async (question, limit) => this.search(question, limit),
      lastVisit: async (node) => this.steps.lastVisit(node),
      assignment: async (experiment) => this.#assigned.get(experiment) ?? null,
      suppression: async (address) => this.#suppressed.get(suppressedForm(address)) ?? null,
      template: async (key) => this.#templates.get(key) ?? null,
      chosen: input.choose ?? {},
    };
  }

  search(question: EventQuestion, limit: number): readonly EventFacts[] {
    return searchEvents(this.#events, question, limit);
  }

  #change(after: ContactFacts, at: Instant): void {
    const events = contactEvents(this.contact, after);
    this.contact = after;
    for (const { type, properties } of events) this.#store(type, properties, at);
  }

  #store(type: string, properties: JsonObject, at: Instant, node?: string): void {
    const channel = CHANNEL.exec(type)?.[0] ?? '';
    const deliveryKey =
      node === undefined
        ? (this.#lastSends.get(channel) ?? null)
        : this.steps.latestKey(this.enrollmentId, node);
    const id = `event-${this.#events.length + 1}`;
    this.#events.push({ id, type, occurredAt: at, properties, deliveryKey });
    this.#suppress(type, properties, at, deliveryKey);
    const refused = refusedBy(type, properties);
    if (refused === null) return;
    const consent = mergedConsent(this.contact.consent, { [refused]: false });
    this.#change({ ...this.contact, consent }, at);
  }

  #suppress(type: string, properties: JsonObject, since: Instant, key: string | null): void {
    const reason = suppressedBy(type, properties);
    const address = this.#addresses.get(key ?? '') ?? this.contact.email;
    if (reason === null || address === null) return;
    const form = suppressedForm(address);
    if (!this.#suppressed.has(form)) this.#suppressed.set(form, { reason, since });
  }
}

function union(before: readonly string[], added: readonly string[]): readonly string[] {
  return [...new Set([...before, ...added])];
}

function without(before: readonly string[], removed: readonly string[]): readonly string[] {
  return before.filter((name) => !removed.includes(name));
}
