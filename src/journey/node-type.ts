/**
 * The contract of a node type. One file per type in nodes/; nothing outside that file asks for its name.
 *
 * A type is of one of two kinds:
 * - a **decision** is pure: `decide` looks at facts and answers; it runs where the facts are;
 * - a **flow** node or **effect** is `run`, a short async function over the runtime port. It may be
 *   entered again at the same visit (continue-as-new, pause, jump), so it keeps nothing in local
 *   variables that the visit or its memory does not give back.
 */
import type { z } from 'zod';
import type { ConditionGroup } from './condition';
import type { Evaluators, Facts } from './facts';
import type { Instant, JsonObject } from './json';
import type { RunContext } from './runtime';

/** Why a step ended as it did. `code` may enter a history; `detail` may be personal and stays in rows. */
export interface Reason {
  readonly code: string;
  readonly detail?: string;
}

/** How a visit ended: through a port, or null to end the path. */
export interface Outcome<P extends string = string> {
  readonly port: P | null;
  readonly reason: Reason;
  readonly output?: JsonObject;
}

/** A change of the contact that a decision asks for, applied in the same transaction. */
export type ContactWrite = { readonly kind: 'add_tags'; readonly tags: readonly string[] };

export interface DecisionOutcome<P extends string = string> extends Outcome<P> {
  readonly writes?: readonly ContactWrite[];
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

export interface NodeExample {
  readonly title: string;
  readonly data: unknown;
  /** The port that the example takes with the registry's sample contact and no events. */
  readonly takes: string | null;
}

interface NodeTypeBase<C, P extends string> {
  readonly type: string;
  readonly summary: string;
  readonly description: string;
  readonly config: z.ZodType<C>;
  readonly ports: readonly P[];
  /** Where a port without an edge leads: to the `next` edge (default) or to the end of the path. */
  readonly missingEdge?: 'next' | 'end';
  readonly examples: readonly NodeExample[];
  /** Whether a visit takes time, so that a cycle through the node cannot spin. */
  readonly takesTime?: (config: C) => boolean;
  /** Templates in the configuration, for validation before anybody enters. */
  readonly templates?: (config: C) => readonly { readonly path: string; readonly text: string }[];
  /** Events that a visit waits for, in order of preference at the same instant. */
  readonly awaits?: (config: C) => readonly AwaitedEvent[];
  /** What the row and the Web UI show while a visit lasts. */
  readonly waiting?: (config: C, startedAt: Instant) => Waiting;
  /** A few words for operators: "Wait 1 day". */
  readonly label?: (config: C, name: string) => string;
}

interface DecisionType<C, P extends string> extends NodeTypeBase<C, P> {
  readonly kind: 'decision';
  readonly decide: (
    config: C,
    facts: Facts,
    evaluators: Evaluators,
  ) => DecisionOutcome<NoInfer<P>> | Promise<DecisionOutcome<NoInfer<P>>>;
}

interface RunType<C, P extends string> extends NodeTypeBase<C, P> {
  readonly kind: 'flow' | 'effect';
  readonly run: (config: C, context: RunContext) => Promise<Outcome<NoInfer<P>>>;
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
