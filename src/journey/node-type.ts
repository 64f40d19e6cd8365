/**
 * The contract of a node type. One file per type in nodes/; nothing outside that file asks for its name.
 *
 * A type is of one of two kinds:
 * - a **decision** is pure: `decide` looks at facts and answers; it runs where the facts are;
 * - a **flow** node or **effect** is `run`, a short async function over the runtime port. It may be
 *   entered again at the same visit (continue-as-new, pause, jump), so it keeps nothing in local
 *   variables that the visit or its memory does not give back. What it must know of the facts it
 *   asks by `ask`, which runs where the facts are.
 */
import type { z } from 'zod';
import type { ConditionGroup } from './condition';
import type { Evaluators, Facts } from './facts';
import type { Instant, Json, JsonObject } from './json';
import type { Outcome, RunOutcome } from './outcome';
import type { RetryPolicy } from './retry';
import type { RunContext } from './runtime';
import type { FactWrite } from './writes';

export interface DecisionOutcome<P extends string = string> extends Outcome<P> {
  readonly writes?: readonly FactWrite[];
}

/** What `ask` answers: an end of the visit, or when to ask again at the latest (null: when rung). */
export type Answer<P extends string = string> =
  | (RunOutcome<P> & { readonly until?: undefined })
  | { readonly until: Instant | null; readonly for?: string };

/** A visit as `ask` sees it. */
export interface AskedVisit {
  /** How often the node was entered, this time included. */
  readonly number: number;
  readonly startedAt: Instant;
  /** From when its spans count: its start, unless a pause moved it. */
  readonly anchor: Instant;
  readonly memory: JsonObject;
}

/** Events a node waits for, and the port each leads to. */
export interface AwaitedEvent {
  readonly types: readonly string[];
  readonly filter?: ConditionGroup;
  readonly port: string;
}

/** What a visit shows while it lasts. */
export interface Waiting {
  readonly until: Instant | null;
  readonly for: string;
}

/** What would leave the building, as a dry run shows it. */
export type Preview =
  | { readonly send: { readonly channel: string; readonly to: string } & PreviewedText }
  | { readonly call: { readonly type: string; readonly target: string } }
  | { readonly blocked: string }
  | { readonly failed: string; readonly detail: string };

interface PreviewedText {
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
}

/** What an effect does in a dry run: what it shows, and what its call answers. */
export interface DryRun {
  readonly preview: Preview;
  /** The effect's result when nothing is mocked. */
  readonly result: JsonObject;
  readonly writes?: readonly FactWrite[];
}

/** The result that the effect answers while nobody knows its fate; `again` where it is made once more, and succeeds. */
export type EffectDoubt = JsonObject | 'again';

export interface NodeExample {
  readonly title: string;
  readonly data: unknown;
  /** The port that the example takes with the registry's sample contact and no events. */
  readonly takes: string | null;
}

/** A template and the field that it stands in; `mjml` where it has to be markup of that kind too. */
interface TemplateText {
  readonly path: string;
  readonly text: string;
  readonly markup?: 'mjml';
}

/** Something that readers do with a message, and whether it is recorded about the one that a node sends. */
export interface Tracking {
  readonly event: string;
  /** What readers do, in the plural. */
  readonly what: string;
  /** The field that has it recorded. */
  readonly field: string;
  readonly isOn: boolean;
}

/** A field that has no effect beside the others. */
export interface UselessField {
  readonly field: string;
  /** Goes on after "…, since", and says what to do. */
  readonly why: string;
}

interface NodeTypeBase<C, P extends string> {
  readonly type: string;
  readonly summary: string;
  readonly description: string;
  readonly config: z.ZodType<C>;
  /** The ports, `error` aside, which every node has; or those that a configuration names. */
  readonly ports: readonly P[] | ((config: C) => readonly P[]);
  /** What the docs say about ports that a configuration names. */
  readonly portNames?: string;
  /** Where a port without an edge leads: to the `next` edge (default) or to the end of the path. */
  readonly missingEdge?: 'next' | 'end';
  readonly examples: readonly NodeExample[];
  /** Whether a visit takes time, so that a cycle through the node cannot spin. */
  readonly takesTime?: (config: C) => boolean;
  /** A node that this one leads to without an edge. */
  readonly jumpsTo?: (config: C) => string;
  /** Whether its ports are variants, whose figures are compared. */
  readonly comparesPorts?: boolean;
  /** Whether its ports are travelled at once, until a node that joins them. */
  readonly forks?: boolean;
  /** Whether it closes the innermost fork. How many branches must arrive: all, or a number. */
  readonly joins?: (config: C) => 'all' | number;
  /** The key of another workflow that the node names, in its field `workflow`. */
  readonly namesWorkflow?: (config: C) => string;
  /** The key of a stored template that the node names, in its field `template`; undefined for none. */
  readonly namesTemplate?: (config: C) => string | undefined;
  /** What readers can do with the message that it sends; absent where it sends none. */
  readonly tracks?: (config: C) => readonly Tracking[];
  /** Fields of the configuration that have no effect. */
  readonly useless?: (config: C) => readonly UselessField[];
  /** Templates in the configuration, for validation before anybody enters. */
  readonly templates?: (config: C) => readonly TemplateText[];
  /** Events that a visit waits for, in order of preference at the same instant. */
  readonly awaits?: (config: C, memory: JsonObject) => readonly AwaitedEvent[];
  /** Events that a visit may record about the contact, so that a wait for one of them may end at once. */
  readonly records?: (config: C) => readonly string[];
  /** Whether a visit must be woken when the contact changes or something happens to her. */
  readonly watches?: (config: C) => readonly ConditionGroup[] | 'contact' | null;
  /** What the row and the Web UI show while a visit lasts. */
  readonly waiting?: (config: C, anchor: Instant) => Waiting;
  /** Whether it writes to the contact, and has a port `not_sent` for when it does not. */
  readonly writesToContact?: boolean;
  /** The channel of the marketing message that it sends; null when what it sends is none. */
  readonly marketsBy?: (config: C) => string | null;
  /** The topic of that message; null when it has none. */
  readonly marketsAbout?: (config: C) => string | null;
  /** Fields of its output that are instants; callers see them as ISO 8601. */
  readonly outputInstants?: readonly string[];
  /** A few words for operators: "Wait 1 day". */
  readonly label?: (config: C, name: string) => string;
}

interface DecisionType<C, P extends string> extends NodeTypeBase<C, P> {
  readonly kind: 'decision';
  readonly decide: (
    config: C,
    facts: Facts,
    evaluators: Evaluators,
    visit: DecidedVisit,
  ) => DecisionOutcome<NoInfer<P>> | Promise<DecisionOutcome<NoInfer<P>>>;
}

/** A visit as `decide` sees it. */
export interface DecidedVisit {
  readonly node: string;
  readonly number: number;
}

interface RunType<C, P extends string> extends NodeTypeBase<C, P> {
  readonly kind: 'flow' | 'effect';
  readonly run: (config: C, context: RunContext) => Promise<RunOutcome<NoInfer<P>>>;
  /** Judged where the facts are, whenever the visit is woken; see `RunContext.settle`. */
  readonly ask?: (
    config: C,
    facts: Facts,
    evaluators: Evaluators,
    visit: AskedVisit,
  ) => Answer<NoInfer<P>> | Promise<Answer<NoInfer<P>>>;
  /** What the effect would do, for dry runs. A mock's `output` stands for what its call answers. */
  readonly dryRun?: (
    config: C,
    facts: Facts,
    evaluators: Evaluators,
    mocked?: Json,
  ) => DryRun | Promise<DryRun>;
  /** What a failure with a code comes to in a dry run, where it is a doubt that `retry` has no say in. */
  readonly inDoubt?: (config: C, code: string) => EffectDoubt | null;
  /** How failures are retried when the definition does not say; three attempts when absent. */
  readonly retry?: RetryPolicy | 'patient';
}

/**
 * A node type whose configuration type is forgotten. `config` parameters are `never`-safe because
 * only the type's own parsed data reaches them.
 */
export type NodeType = DecisionType<unknown, string> | RunType<unknown, string>;

export type RunNodeType = Exclude<NodeType, { kind: 'decision' }>;

/** Declares a node type; a port that `decide` or `run` returns but `ports` lacks does not compile. */
export function defineNodeType<C, const P extends string>(
  type: DecisionType<C, P> | RunType<C, P>,
): NodeType {
  return type as unknown as NodeType;
}

/** The ports of a node, `error` aside. */
export function portsOf(type: NodeType, config: unknown): readonly string[] {
  return typeof type.ports === 'function' ? type.ports(config) : type.ports;
}
