/**
 * What time it is, by what the history says.
 *
 * Behind a local activity the SDK's `Date.now()` is no such thing: while one runs for long, its workflow task
 * heartbeats, and the time in life is that of a later task than on replay. Whether a timer is made must not
 * depend on that.
 *
 * Invariant: it moves by the task that brings a timer, a signal or an activity, and by how long a local activity
 * says it took; it never goes back.
 */
import type { Instant } from '../src/journey/json';

export class Clock {
  #now = Date.now();
  #task = this.#now;

  now(): Instant {
    return this.#now;
  }

  /** A timer fired, a signal came or an activity ended: a task of its own brought it. */
  catchUp(): void {
    this.#now = Math.max(this.#now, Date.now());
    this.#task = this.#now;
  }

  /** It is at least so late, within the same task. */
  reach(instant: Instant): void {
    this.#now = Math.max(this.#now, instant);
  }

  /** How long the task has lasted, in milliseconds. */
  taskMs(): number {
    return this.#now - this.#task;
  }
}

/** The clock of those who began before there was one. */
export class TaskClock extends Clock {
  override now(): Instant {
    return Date.now();
  }
}
