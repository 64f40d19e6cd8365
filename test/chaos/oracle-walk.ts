/**
 * Judges journeys by the definition as it was sent and the rows as they are, with a reading of graphs of its own:
 * nothing of the interpreter is used here.
 */
import type { Journey, JourneyGoal, JourneyNode } from './journeys';
import type { ContactEvent, Enrollment, Observed, Step } from './observed';

/** Types whose ports without an edge end the path instead of going on. */
const ENDING = ['end', 'parallel', 'condition', 'split', 'exit', 'switch'];

export interface WalkFindings {
  readonly journeys: number;
  /** Ends by status. */
  readonly ends: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** `journeyOf` gives the definition of an enrollment; `seenWithinMs` is how long facts may take to be seen. */
export function judgeWalks(
  observed: Observed,
  journeyOf: (enrollment: Enrollment) => Journey | undefined,
  seenWithinMs: number,
): WalkFindings {
  const stepsOf = grouped(observed.steps, ({ enrollmentId }) => enrollmentId);
  const eventsOf = grouped(observed.events, ({ contactId }) => contactId);
  const violations: string[] = [];
  const ends: Record<string, number> = {};
  const failures: Record<string, number> = {};
  for (const enrollment of observed.enrollments) {
    ends[enrollment.status] = (ends[enrollment.status] ?? 0) + 1;
    const code = enrollment.error?.code;
    if (code !== undefined) failures[code] = (failures[code] ?? 0) + 1;
    const journey = journeyOf(enrollment);
    if (journey === undefined) continue;
    const walk = new Walk(
      enrollment,
      journey,
      stepsOf.get(enrollment.id) ?? [],
      eventsOf.get(enrollment.contactId) ?? [],
      seenWithinMs,
    );
    const found = [
      ...walk.end(),
      ...walk.route(),
      ...walk.goals(),
      ...walk.exits(observed.goneContacts),
    ];
    violations.push(
      ...found.map((text) => `${enrollment.id} (${journey.key}, ${enrollment.status}): ${text}`),
    );
  }
  return { journeys: observed.enrollments.length, ends, failures, violations };
}

class Walk {
  readonly #nodes: ReadonlyMap<string, JourneyNode>;

  constructor(
    readonly enrollment: Enrollment,
    readonly journey: Journey,
    readonly steps: readonly Step[],
    readonly events: readonly ContactEvent[],
    readonly seenWithinMs: number,
  ) {
    this.#nodes = new Map(journey.nodes.map((node) => [node.id, node]));
  }

  /** Whoever ended has nothing open; all waits are short, so everybody has ended. */
  end(): string[] {
    const open = this.steps.filter(({ endedAt }) => endedAt === null);
    const where = open.map(({ nodeId, visit }) => `${nodeId}/${visit}`).join(', ');
    if (this.enrollment.endedAt !== null)
      return open.length === 0 ? [] : [`ended with open visits: ${where}`];
    return [`has not ended; stands at ${where || 'nothing'}`];
  }

  /** Every visit has its arrival, every arrival of a journey that completed has its visit, none happened twice. */
  route(): string[] {
    const arrivals = new Map<string, number>();
    const entry = this.journey.edges.find(({ source }) => source === 'trigger')?.target ?? '';
    const arrive = (node: string) => arrivals.set(node, (arrivals.get(node) ?? 0) + 1);
    arrive(entry);
    for (const step of this.steps) for (const target of this.#targets(step)) arrive(target);
    const found: string[] = [];
    const cut = this.#mayBeCut();
    const jumps = this.#jumps();
    for (const id of this.#nodes.keys()) {
      const visits = this.steps.filter(({ nodeId }) => nodeId === id);
      const came = arrivals.get(id) ?? 0;
      const numbers = visits.map(({ visit }) => visit).toSorted((a, b) => a - b);
      // A path that is cut or moved by a goal may take a number with it.
      if (!cut && numbers.some((number, index) => number !== index + 1))
        found.push(`${id} has the visits ${numbers.join()}`);
      if (visits.length > came + jumps.filter((to) => to === id).length)
        found.push(`${id} was visited ${visits.length} times and reached ${came} times`);
      const isJoin = this.#nodes.get(id)?.type === 'join';
      const lost = isJoin ? came > 0 && visits.length === 0 : visits.length < came;
      if (lost && this.enrollment.status === 'completed' && !cut)
        found.push(`${id} was reached ${came} times and visited ${visits.length} times`);
    }
    return found;
  }

  /** A goal that ends the journey was reached by an event, and nothing begins long after that. */
  goals(): string[] {
    const found: string[] = [];
    const { goalId, status, startedAt } = this.enrollment;
    const goals = this.journey.goals;
    const ended = goals.find(({ id }) => id === goalId);
    if (status === 'goal_reached' && (ended === undefined || ends(ended) === false))
      found.push(`${goalId} ends nothing`);
    for (const goal of goals) {
      const reached = this.events.filter(
        ({ type, occurredAt }) => type === goal.event && occurredAt >= startedAt,
      );
      if (
        status === 'goal_reached' &&
        goal.id === goalId &&
        goal.event !== undefined &&
        reached.length === 0
      )
        found.push(`the goal ${goalId} was reached without its event`);
      if (goal.condition !== undefined || !ends(goal)) continue;
      const first = Math.min(...reached.map(({ receivedAt }) => receivedAt.getTime()));
      found.push(...this.#after(first, `the event of the goal ${goal.id}`));
    }
    return found;
  }

  /** Where an exit condition is set, nobody who is `gone` begins anything. */
  exits(gone: ReadonlySet<string>): string[] {
    if (this.journey.settings['exitWhen'] === undefined || !gone.has(this.enrollment.contactId))
      return [];
    const tagged = this.events.filter(
      ({ type, tag }) => type === 'contact.tag_added' && tag === 'gone',
    );
    const last = Math.max(...tagged.map(({ receivedAt }) => receivedAt.getTime()));
    return this.#after(last, 'the exit condition held');
  }

  #after(instant: number, what: string): string[] {
    if (!Number.isFinite(instant)) return [];
    const late = this.steps.filter(
      ({ writtenAt }) => writtenAt.getTime() > instant + this.seenWithinMs,
    );
    return late
      .slice(0, 1)
      .map(
        ({ nodeId, writtenAt }) =>
          `${nodeId} began ${writtenAt.getTime() - instant} ms after ${what}`,
      );
  }

  /** Where a visit that ended leads. */
  #targets({ nodeId, port, status, endedAt }: Step): string[] {
    const node = this.#nodes.get(nodeId);
    if (endedAt === null || status === 'cancelled' || node === undefined) return [];
    if (node.type === 'parallel' && status === 'completed')
      return (node.data['branches'] as string[]).flatMap((branch) =>
        inside(this.#edge(nodeId, branch)),
      );
    if (port === null) return [];
    if (node.type === 'go_to' && port === 'next') return inside(node.data['target'] as string);
    const drawn = this.#edge(nodeId, port);
    if (drawn !== null) return inside(drawn);
    if (port === 'error' && this.journey.settings['onNodeFailure'] !== 'continue') return [];
    return port !== 'error' && ENDING.includes(node.type) ? [] : inside(this.#edge(nodeId, 'next'));
  }

  #edge(source: string, port: string): string | null {
    return (
      this.journey.edges.find(
        (edge) => edge.source === source && (edge.sourceHandle ?? 'next') === port,
      )?.target ?? null
    );
  }

  #jumps(): string[] {
    return this.journey.goals.flatMap(({ onAchieved }) =>
      typeof onAchieved === 'object' ? [onAchieved.goTo] : [],
    );
  }

  /** Whether paths may have been taken off the graph: by a goal that leads elsewhere, or by a join. */
  #mayBeCut(): boolean {
    const early = [...this.#nodes.values()].some(
      ({ type, data }) =>
        type === 'join' && (data['timeout'] !== undefined || (data['wait'] ?? 'all') !== 'all'),
    );
    return (
      early || this.#jumps().length > 0 || this.steps.some(({ status }) => status === 'cancelled')
    );
  }
}

const inside = (target: string | null): string[] =>
  target === null || target === 'end' ? [] : [target];

const ends = ({ onAchieved = 'exit' }: JourneyGoal): boolean => onAchieved === 'exit';

/** Groups of those with the same key, in the order in which they come. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
