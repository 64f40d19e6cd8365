/**
 * Commands as they reach an enrollment's workflow: a bell for a row that the API has stored, or an update.
 *
 * Invariants:
 * U1. Handlers only note and wait, so that none can fail the workflow.
 * U2. An update is answered once its command was judged, also when the enrollment has ended.
 */
import { condition, setHandler, uuid4 } from '@temporalio/workflow';
import type { CommandOutcome, CommandRequest } from '../activities/contract';
import { COMMAND_SUMMARIES, COMMAND_TYPES } from '../src/journey/commands';
import type { JsonObject } from '../src/journey/json';
import type { Clock } from './clock';
import { type CommandOrder, commandUpdates } from './messages';

export class Commands {
  #rung = 0;
  #looked: number;
  #requests: CommandRequest[] = [];
  readonly #asked = new Set<string>();
  readonly #outcomes = new Map<string, CommandOutcome>();

  /** Somebody who goes on from a saved state looks once: a bell may have rung in the history before. */
  constructor(
    goesOn: boolean,
    private readonly clock: Clock,
  ) {
    this.#looked = goesOn ? -1 : 0;
    for (const type of COMMAND_TYPES)
      setHandler(commandUpdates[type], (order) => this.#update(type, order), {
        description: COMMAND_SUMMARIES[type],
      });
  }

  ring(): void {
    this.#rung += 1;
  }

  due(): boolean {
    return this.#rung > this.#looked;
  }

  /** What the next look is to judge beside the rows. */
  take(): { readonly requests: readonly CommandRequest[]; readonly asked: readonly string[] } {
    this.#looked = this.#rung;
    return { requests: this.#requests.splice(0), asked: [...this.#asked] };
  }

  judged(outcomes: readonly CommandOutcome[]): void {
    for (const outcome of outcomes) {
      this.#asked.delete(outcome.id);
      this.#outcomes.set(outcome.id, outcome);
    }
  }

  async #update(type: string, order: CommandOrder | undefined): Promise<CommandOutcome> {
    const { commandId, ...input } = order ?? {};
    const id = commandId ?? uuid4();
    if (commandId === undefined) this.#requests.push({ id, type, input: input as JsonObject });
    this.#asked.add(id);
    this.clock.catchUp();
    this.ring();
    await condition(() => this.#outcomes.has(id));
    const outcome = this.#outcomes.get(id);
    if (outcome === undefined) throw new Error(`Nobody has judged the command ${id}.`);
    return outcome;
  }
}
