/**
 * Going through a dry run visit by visit, and letting things happen on the way.
 *
 * Owns: where she is, and the script as it grows. Does not own: commands and words (step-through.ts).
 *
 * Invariants:
 * P1. Every state is one dry run of the whole script, so the same commands give the same journey.
 * P2. What was already told stays true: a happening that would change it comes a millisecond later.
 */
import type { Definition } from '../journey/definition';
import type { Instant } from '../journey/json';
import type { ContactState, ScriptItem } from '../journey/journey-tests';
import {
  type DryRunReport,
  type DryRunRequest,
  type DryRunWorld,
  dryRun,
} from '../language/dry-run';
import { type Visit, visitsOf, whenVisitBegan } from './visits';

/** Something that somebody lets happen; when, is where she is. */
export type Happening =
  | { readonly type: string; readonly properties?: NonNullable<ScriptEvent['properties']> }
  | { readonly contact: ContactState };

type ScriptEvent = Extract<ScriptItem, { type: string }>;

export class Stepper {
  readonly startedAt: Instant;
  report: DryRunReport;
  visits: readonly Visit[];
  /** The visit she stands at. */
  index = 0;

  private constructor(
    private readonly definition: Definition,
    private request: DryRunRequest,
    private readonly world: DryRunWorld,
    report: DryRunReport,
  ) {
    this.startedAt = Date.parse(report.startedAt);
    this.report = report;
    this.visits = visitsOf(report);
  }

  static async begin(
    definition: Definition,
    request: DryRunRequest,
    world: DryRunWorld,
  ): Promise<Stepper> {
    const startAt = request.startAt ?? new Date(world.now).toISOString();
    const whole: DryRunRequest = { ...request, startAt, stopAt: undefined };
    return new Stepper(definition, whole, world, await dryRun(definition, whole, world));
  }

  get script(): readonly ScriptItem[] {
    return this.request.events ?? [];
  }

  here(): Visit | undefined {
    return this.visits[this.index];
  }

  /** The next visit of a node behind where she is; null when she never comes there. */
  next(node: string): number | null {
    const index = this.visits.findIndex(
      ({ step }, each) => each > this.index && step.nodeId === node,
    );
    return index === -1 ? null : index;
  }

  /** Lets it happen so long after the visit she stands at began. Answers whether that visit can notice. */
  async happen(happening: Happening, delay: number): Promise<boolean> {
    const here = this.here();
    if (here === undefined) return false;
    const lasts = here.endedAt === null || here.endedAt > here.at;
    const moment = here.at + delay;
    if (lasts || delay > 0) {
      await this.#accept(this.#grown(happening, moment + (delay > 0 ? 0 : 1)));
      return lasts;
    }
    const before = JSON.stringify(toldUntil(this.report, this.index));
    for (const request of this.#soonest(happening, moment)) {
      const report = await this.#run(request);
      if (JSON.stringify(toldUntil(report, this.index)) !== before) continue;
      this.#take(request, report);
      return true;
    }
    await this.#accept(this.#grown(happening, moment + 1));
    return false;
  }

  /** Requests in which a visit that ends in the instant of its beginning may notice what happens. */
  #soonest(happening: Happening, moment: Instant): readonly DryRunRequest[] {
    if (moment > this.startedAt) return [this.#grown(happening, moment)];
    // The script is heard after whatever happens in the first instant; what she is, before.
    if (!('contact' in happening)) return [];
    return [{ ...this.request, contact: merged(this.request.contact, happening.contact) }];
  }

  #grown(happening: Happening, at: Instant): DryRunRequest {
    const item: ScriptItem = { ...happening, after: at - this.startedAt };
    return { ...this.request, events: [...this.script, item] };
  }

  #run(request: DryRunRequest): Promise<DryRunReport> {
    return dryRun(this.definition, request, { ...this.world, now: this.startedAt });
  }

  async #accept(request: DryRunRequest): Promise<void> {
    this.#take(request, await this.#run(request));
  }

  #take(request: DryRunRequest, report: DryRunReport): void {
    this.request = request;
    this.report = report;
    this.visits = visitsOf(report);
  }
}

function toldUntil(report: DryRunReport, index: number) {
  const { steps, sends, calls, goals } = whenVisitBegan(report, index);
  return { steps, sends, calls, goals };
}

function merged(contact: ContactState, change: ContactState): ContactState {
  const attributes = { ...contact.attributes, ...change.attributes };
  return { ...contact, ...change, attributes };
}
