/**
 * Errands: journeys whose outcome is known before anybody enters, because each is a row of simple stages. From the
 * stages follow the definition that is sent and, by a reading of their own (expected.ts), everything that must come
 * of it: no code of the product says what is right.
 */
import type { JsonObject } from '../../src/journey/json';
import { type Random, randomOf } from '../chaos/random';
import { calling, type Edge, type Journey, type JourneyNode, signed } from '../chaos/journeys';

/** One node that leaves one mark at each visit. */
export interface Mark {
  readonly kind: 'mail' | 'call' | 'tag' | 'score';
  readonly id: string;
}

export type Stage =
  | Mark
  /** Passes by itself. */
  | { readonly kind: 'pause' | 'silence'; readonly id: string; readonly seconds: number }
  /** Waits for an event of its own, as long as it takes. */
  | { readonly kind: 'hear'; readonly id: string; readonly event: string }
  /** Whoever is `pro` takes the first way. */
  | { readonly kind: 'choice'; readonly id: string; readonly ways: readonly [Mark, Mark] }
  /** All at once, and on when all are done. */
  | { readonly kind: 'fork'; readonly id: string; readonly branches: readonly Mark[] }
  /** The mark so many times, with a second between. */
  | { readonly kind: 'rounds'; readonly id: string; readonly rounds: number; readonly mark: Mark };

export interface Errand {
  readonly key: string;
  readonly stages: readonly Stage[];
  /** Lets people in. */
  readonly entryEvent: string;
  /** What it is sent as. */
  readonly journey: Journey;
}

/** Where everybody stands before the storm: the first wait for an event. */
export const GATE = 'gate';
export const GOAL = { id: 'paid', event: 'load.paid' } as const;
/** Whoever has it leaves. */
export const EXIT_TAG = 'gone';
/** Addresses of those who take the first way of a choice have it in them. */
export const PRO = '-pro@';

const FEWEST_NODES = 5;
const MOST_NODES = 30;
/** Most journeys are small. */
const SMALL = 12;
const SMALL_SHARE = 0.7;
const MOST_HEARS = 3;
/** Nobody ever sends it. */
const NEVER = 'load.never';
/** Longer than any run. */
const FOREVER = '30 days';
const PAUSE_S = 1;

export interface ErrandsOptions {
  readonly seed: number;
  readonly count: number;
  readonly mostRounds: number;
  /** Names the workspace: a mail from another one's definition says so. */
  readonly home: string;
  readonly httpUrl: string;
}

/** Errands of a workspace. Their keys are the same in each, and their graphs are not. */
export function errandsOf(options: ErrandsOptions): Errand[] {
  const { seed, count, mostRounds, home, httpUrl } = options;
  return Array.from({ length: count }, (_, index) => {
    const random = randomOf(seed, `errand ${home}/${index}`);
    const stages = drawStages(random, index === 0 ? mostRounds : null);
    const key = `errand-${index}`;
    const entryEvent = `load.enter_${index}`;
    return { key, stages, entryEvent, journey: drawn({ key, stages, entryEvent, home, httpUrl }) };
  });
}

/** A new id for each stage and mark; the first wait is the gate. With rounds there is a loop behind it. */
function drawStages(random: Random, mostRounds: number | null): Stage[] {
  const target =
    mostRounds !== null
      ? SMALL
      : random.between(FEWEST_NODES, random.chance(SMALL_SHARE) ? SMALL : MOST_NODES);
  const ids = { next: 0 };
  const mark = (): Mark => {
    const kind = random.pick(['mail', 'mail', 'call', 'call', 'tag', 'score'] as const);
    return { kind, id: `${kind}-${(ids.next += 1)}` };
  };
  const stages: Stage[] = [
    ...Array.from({ length: random.between(1, 2) }, mark),
    { kind: 'hear', id: GATE, event: eventOf(1) },
  ];
  if (mostRounds !== null) {
    const rounds = random.between(2, mostRounds);
    stages.push({ kind: 'rounds', id: 'rounds', rounds, mark: mark() });
  }
  let hears = 1;
  while (sizeOf(stages) < target) {
    const stage = drawStage(random, mark, (ids.next += 1), hears < MOST_HEARS ? hears + 1 : null);
    // What is too large for the room that is left gives way to one node.
    const fits = sizeOf([...stages, stage]) <= MOST_NODES;
    if (fits && stage.kind === 'hear') hears += 1;
    stages.push(fits ? stage : mark());
  }
  return stages;
}

const eventOf = (hear: number): string => `load.step_${hear}`;

function drawStage(random: Random, mark: () => Mark, number: number, hear: number | null): Stage {
  const kind = random.pick(['mark', 'mark', 'pause', 'hear', 'silence', 'choice', 'fork'] as const);
  const id = `${kind}-${number}`;
  switch (kind) {
    case 'pause':
    case 'silence':
      return { kind, id, seconds: random.between(1, 3) };
    case 'hear':
      return hear === null ? mark() : { kind, id, event: eventOf(hear) };
    case 'choice':
      return { kind, id, ways: [mark(), mark()] };
    case 'fork':
      return { kind, id, branches: Array.from({ length: random.between(2, 3) }, mark) };
    default:
      return mark();
  }
}

const sizeOf = (stages: readonly Stage[]): number =>
  stages.reduce((sum, stage) => sum + nodesIn(stage), 0);

function nodesIn(stage: Stage): number {
  switch (stage.kind) {
    case 'choice':
      return 3;
    case 'fork':
      return stage.branches.length + 2;
    case 'rounds':
      return 4;
    default:
      return 1;
  }
}

interface Drawn {
  readonly key: string;
  readonly stages: readonly Stage[];
  readonly entryEvent: string;
  readonly home: string;
  readonly httpUrl: string;
}

/** The definition, from its end to its beginning, so that every stage knows what comes behind it. */
function drawn({ key, stages, entryEvent, home, httpUrl }: Drawn): Journey {
  const nodes: JourneyNode[] = [];
  const edges: Edge[] = [];
  const pen: Pen = {
    node: (id, type, data, more = {}) => nodes.push({ id, type, data, ...more }),
    edge: (source, sourceHandle, target) => edges.push({ source, sourceHandle, target }),
    whose: `${home}/{{ contact.id }}`,
    httpUrl,
  };
  const entry = stages.reduceRight((rest, stage) => drawOne(pen, stage, rest), 'end');
  return {
    ...{ key, name: key, trigger: { type: 'event', event: entryEvent } },
    ...{ nodes, edges: [{ source: 'trigger', target: entry }, ...edges], goals: [GOAL] },
    settings: { exitWhen: [{ type: 'tag', operator: 'includes', value: EXIT_TAG }] },
  };
}

interface Pen {
  node(id: string, type: string, data: JsonObject, more?: Partial<JourneyNode>): void;
  edge(source: string, port: string, target: string): void;
  readonly whose: string;
  readonly httpUrl: string;
}

/** Draws a stage; answers where a path enters it. */
function drawOne(pen: Pen, stage: Stage, rest: string): string {
  const { id } = stage;
  switch (stage.kind) {
    case 'pause':
      pen.node(id, 'wait', { for: `${stage.seconds}s` });
      pen.edge(id, 'next', rest);
      return id;
    case 'silence':
      pen.node(id, 'wait_for_event', { event: NEVER, timeout: `${stage.seconds}s` });
      pen.edge(id, 'received', 'end');
      pen.edge(id, 'timed_out', rest);
      return id;
    case 'hear':
      // Counted from her entry, so that the order in which events arrive makes no difference.
      pen.node(id, 'wait_for_event', { event: stage.event, timeout: FOREVER, since: 'enrolled' });
      pen.edge(id, 'received', rest);
      pen.edge(id, 'timed_out', 'end');
      return id;
    case 'choice':
      return drawChoice(pen, stage, rest);
    case 'fork':
      return drawFork(pen, stage, rest);
    case 'rounds':
      return drawRounds(pen, stage, rest);
    default:
      return drawMark(pen, stage, rest);
  }
}

/** As long as it takes: a machine that is behind must not make a call fail. */
const PATIENT = { retry: { maxAttempts: 100, maxInterval: '4s' }, timeout: '1m' };

function drawMark({ node, edge, whose, httpUrl }: Pen, { kind, id }: Mark, rest: string): string {
  const mail = { subject: 'Load', purpose: 'transactional', onUnknown: 'hold' };
  if (kind === 'mail') node(id, 'send_email', { ...mail, text: signed(id, whose) });
  else if (kind === 'call') node(id, 'webhook', calling(id, httpUrl, whose), PATIENT);
  else if (kind === 'tag') node(id, 'add_tag', { tag: id });
  else node(id, 'update_score', { by: 1 });
  edge(id, 'next', rest);
  return id;
}

type Of<K extends Stage['kind']> = Extract<Stage, { readonly kind: K }>;

function drawChoice(pen: Pen, { id, ways }: Of<'choice'>, rest: string): string {
  const condition = [{ field: 'contact.email', operator: 'contains', value: PRO }];
  pen.node(id, 'condition', { condition });
  for (const [index, way] of ways.entries())
    pen.edge(id, index === 0 ? 'true' : 'false', drawMark(pen, way, rest));
  return id;
}

function drawFork(pen: Pen, { id, branches }: Of<'fork'>, rest: string): string {
  const join = joinOf(id);
  pen.node(join, 'join', {});
  pen.edge(join, 'next', rest);
  pen.node(id, 'parallel', { branches: branches.map((_, index) => `b${index}`) });
  for (const [index, branch] of branches.entries())
    pen.edge(id, `b${index}`, drawMark(pen, branch, join));
  return id;
}

/** The node where the branches of a fork meet. */
export const joinOf = (id: string): string => `${id}-join`;
/** The nodes of a loop: what counts, what waits, and what asks whether to go round again. */
export const loopOf = (id: string) => ({ counts: `${id}-counts`, waits: `${id}-waits`, asks: id });

function drawRounds(pen: Pen, { id, rounds, mark }: Of<'rounds'>, rest: string): string {
  const { counts, waits, asks } = loopOf(id);
  const value = '{{ variables.turns | default: 0 }}';
  pen.node(counts, 'math', { operation: 'add', value, operand: 1, variable: 'turns' });
  pen.edge(counts, 'next', mark.id);
  drawMark(pen, mark, waits);
  pen.node(waits, 'wait', { for: `${PAUSE_S}s` });
  pen.edge(waits, 'next', asks);
  const again = [{ field: 'variables.turns', operator: 'less_than', value: rounds }];
  pen.node(asks, 'condition', { condition: again });
  pen.edge(asks, 'true', counts);
  pen.edge(asks, 'false', rest);
  return counts;
}
