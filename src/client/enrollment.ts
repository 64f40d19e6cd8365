import { ThroughlineError } from './error';
import { steeringCalls } from './steering';
import type { Transport } from './transport';
import type { CommandInputs, Enrolled, EnrollmentState, Steered } from './types';

const LONGEST_WAIT_SECONDS = 30;
/** Time for the answer to travel, beyond the wait itself. */
const MARGIN_MS = 15_000;

/** Somebody's passage through a workflow, as it was when it was stored; `result` waits for its end. */
export class EnrollmentHandle {
  readonly id: string;
  readonly status: Enrolled['status'];
  readonly temporal: Enrolled['temporal'];
  readonly #call: Transport;
  readonly #steering: ReturnType<typeof steeringCalls>;

  constructor(call: Transport, enrolled: Enrolled) {
    this.#call = call;
    this.#steering = steeringCalls(call);
    this.id = enrolled.id;
    this.status = enrolled.status;
    this.temporal = enrolled.temporal;
  }

  /** Where it is now. */
  async get(): Promise<EnrollmentState> {
    return this.#call({ method: 'GET', path: `/enrollments/${this.id}` });
  }

  /** Lets her stand still until she is resumed. */
  pause(input?: CommandInputs['pause']): Promise<Steered> {
    return this.#steering.pause(this.id, input);
  }

  /** Lets her go on; the policies are those of the pause unless told. */
  resume(input?: CommandInputs['resume']): Promise<Steered> {
    return this.#steering.resume(this.id, input);
  }

  cancel(input?: CommandInputs['cancel']): Promise<Steered> {
    return this.#steering.cancel(this.id, input);
  }

  /** Leaves a node at once, as if its wait were over. */
  skip(input?: CommandInputs['skip']): Promise<Steered> {
    return this.#steering.skip(this.id, input);
  }

  /** Goes on at another node; all her paths end. */
  jump(input: CommandInputs['jump']): Promise<Steered> {
    return this.#steering.jump(this.id, input);
  }

  /** Goes on in another published version. */
  migrate(input: CommandInputs['migrate']): Promise<Steered> {
    return this.#steering.migrate(this.id, input);
  }

  /** Visits the node that failed once more, and goes on. */
  retry(): Promise<EnrollmentState> {
    return this.#steering.retry(this.id);
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
