/** What is told of a journey while somebody goes through it, each thing once. */
import type { Instant } from '../journey/json';
import { messagesOf, outcomeOf, purposeOf } from './narration';
import type { Stepper } from './stepper';
import type { Terminal } from './terminal';
import { endOf, type Frame, goalRows, type Row, scriptRows } from './timeline';
import type { Visit } from './visits';

export class Walk {
  readonly #told = new Set<unknown>();

  constructor(
    private readonly stepper: Stepper,
    private readonly frame: Frame,
    private readonly paint: Terminal['paint'],
  ) {}

  /** Where she stands, with what happened up to here; nothing when she stands nowhere. */
  arrive(): readonly Row[] {
    const here = this.stepper.here();
    if (here === undefined) return [];
    const { step, at } = here;
    const row = { at, sign: step.nodeId, text: purposeOf(here, this.frame.graph), details: [] };
    return [...this.#news(at), row];
  }

  /** Goes on to the next visit, or to the end. */
  goOn(): readonly Row[] {
    this.stepper.index += 1;
    return this.stepper.here() === undefined
      ? this.#news(endOf(this.stepper.report))
      : this.arrive();
  }

  /** What has happened since it was last told. */
  #news(until: Instant): readonly Row[] {
    const { script, report, visits, index, startedAt } = this.stepper;
    const heard = scriptRows(script, startedAt).map((row, each) => ({ ...row, key: script[each] }));
    const goals = goalRows(report, this.paint).map((row) => ({ ...row, key: row.text }));
    const ended = visits.slice(0, index).flatMap((visit, key) => {
      // What is still under way at the end of all is told then.
      const isOver = visit.endedAt !== null || until === Number.POSITIVE_INFINITY;
      return isOver && !this.#told.has(key) ? [{ key, ...this.#left(visit) }] : [];
    });
    const news = [...heard, ...goals, ...ended].filter(
      ({ key, at }) => at <= until && !this.#told.has(key),
    );
    for (const { key } of news) this.#told.add(key);
    return news.toSorted((a, b) => a.at - b.at);
  }

  #left(visit: Visit): Row {
    return {
      at: visit.endedAt ?? visit.at,
      sign: visit.step.nodeId,
      text: outcomeOf(visit, this.paint),
      details: messagesOf(visit, this.paint),
    };
  }
}
