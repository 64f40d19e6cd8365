/** What must come of an errand, read from its stages. */
import { type Errand, EXIT_TAG, GATE, joinOf, loopOf, type Mark, type Stage } from './errands';

/** What happens to somebody who has come to the gate. */
export type Fate =
  /** Every event that her errand waits for. */
  | { readonly kind: 'through' }
  /** The event of the goal. */
  | { readonly kind: 'goal' }
  /** A tag that takes her out, in the place of all that she has. */
  | { readonly kind: 'leaves' }
  /** So many of the events, and no more. */
  | { readonly kind: 'stays'; readonly heard: number };

export interface Expected {
  readonly status: 'completed' | 'goal_reached' | 'exited' | 'waiting';
  /** Where she stands for good; null where she has ended. */
  readonly at: string | null;
  /** How often each node is visited; the others never. */
  readonly visits: ReadonlyMap<string, number>;
  /** Nodes of mails and calls: how many of their effects reach the provider. */
  readonly effects: ReadonlyMap<string, number>;
  readonly tags: ReadonlySet<string>;
  readonly score: number;
}

/** The events that an errand waits for, in its order. */
export function eventsOf({ stages }: Errand): string[] {
  return stages.flatMap((stage) => (stage.kind === 'hear' ? [stage.event] : []));
}

/** `isPro` says which way she takes where there is a choice. */
export function expectedOf(errand: Errand, fate: Fate, isPro: boolean): Expected {
  const count = new Count();
  let heard = 0;
  for (const stage of errand.stages) {
    if (stage.kind === 'hear') {
      count.visit(stage.id);
      const end = endAt(stage.id, fate, heard);
      if (end !== null) return count.expected(end, end === 'waiting' ? stage.id : null);
      heard += 1;
    } else pass(count, stage, isPro);
  }
  return count.expected('completed', null);
}

/** How it ends while she waits for an event; null when she goes on. */
function endAt(id: string, fate: Fate, heard: number): Expected['status'] | null {
  if (fate.kind === 'stays') return heard >= fate.heard ? 'waiting' : null;
  if (id !== GATE || fate.kind === 'through') return null;
  return fate.kind === 'goal' ? 'goal_reached' : 'exited';
}

function pass(count: Count, stage: Exclude<Stage, { kind: 'hear' }>, isPro: boolean): void {
  const { id } = stage;
  switch (stage.kind) {
    case 'pause':
    case 'silence':
      return count.visit(id);
    case 'choice':
      count.visit(id);
      return count.mark(stage.ways[isPro ? 0 : 1]);
    case 'fork':
      count.visit(id);
      for (const branch of stage.branches) count.mark(branch);
      return count.visit(joinOf(id));
    case 'rounds':
      for (const node of Object.values(loopOf(id))) count.visit(node, stage.rounds);
      return count.mark(stage.mark, stage.rounds);
    default:
      return count.mark(stage);
  }
}

class Count {
  readonly #visits = new Map<string, number>();
  readonly #effects = new Map<string, number>();
  readonly #tags = new Set<string>();
  #score = 0;

  visit(id: string, times = 1): void {
    this.#visits.set(id, times);
  }

  mark({ kind, id }: Mark, times = 1): void {
    this.visit(id, times);
    if (kind === 'tag') this.#tags.add(id);
    else if (kind === 'score') this.#score += times;
    else this.#effects.set(id, times);
  }

  expected(status: Expected['status'], at: string | null): Expected {
    const [visits, effects] = [this.#visits, this.#effects];
    const tags = status === 'exited' ? new Set([EXIT_TAG]) : this.#tags;
    return { status, at, visits, effects, tags, score: this.#score };
  }
}
