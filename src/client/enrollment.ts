import { ThroughlineError } from './error';
import type { Transport } from './transport';
import type { Enrolled, EnrollmentState } from './types';

const LONGEST_WAIT_SECONDS = 30;
/** Time for the answer to travel, beyond the wait itself. */
const MARGIN_MS = 15_000;

/** Somebody's passage through a workflow, as it was when it was stored; `result` waits for its end. */
export class EnrollmentHandle {
  readonly id: string;
  readonly status: Enrolled['status'];
  readonly temporal: Enrolled['temporal'];
  readonly #call: Transport;

  constructor(call: Transport, enrolled: Enrolled) {
    this.#call = call;
    this.id = enrolled.id;
    this.status = enrolled.status;
    this.temporal = enrolled.temporal;
  }

  /** Where it is now. */
  async get(): Promise<EnrollmentState> {
    return this.#call({ method: 'GET', path: `/enrollments/${this.id}` });
  }

  /**
   * How it ended. Waits as long as it takes, or `timeoutMs`, after which it fails with
   * `client.timeout` while the enrollment goes on.
   */
  async result({
    timeoutMs = Number.POSITIVE_INFINITY,
  }: {
    timeoutMs?: number;
  } = {}): Promise<EnrollmentState> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const left = deadline - performance.now();
      const waitSeconds = Math.max(0, Math.min(LONGEST_WAIT_SECONDS, Math.ceil(left / 1_000)));
      const state = await this.#call<EnrollmentState>({
        method: 'GET',
        path: `/enrollments/${this.id}`,
        query: { waitSeconds },
        timeoutMs: waitSeconds * 1_000 + MARGIN_MS,
      });
      if (state.endedAt !== null) return state;
      if (performance.now() >= deadline) throw stillGoing(this.id, timeoutMs);
    }
  }
}

function stillGoing(id: string, timeoutMs: number): ThroughlineError {
  const message = `Enrollment ${id} did not end within ${timeoutMs} ms. It goes on; ask again later.`;
  return new ThroughlineError({ code: 'client.timeout', message });
}
