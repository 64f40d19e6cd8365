/**
 * Dry runs: a definition on virtual time, with a contact and a script, in the words of the API.
 *
 * Owns: what a request means and how the answer reads. Does not own: the journey (src/journey), judging
 * (src/evaluate), what is stored of a contact (the caller reads it).
 */
import { setImmediate } from 'node:timers/promises';
import { createEvaluators } from '../evaluate/evaluators';
import type { Passage } from '../journey/admission';
import type { Definition } from '../journey/definition';
import type { EventFacts, Facts } from '../journey/facts';
import { indexGraph } from '../journey/graph';
import type { Instant, JsonObject } from '../journey/json';
import type { MailTemplates } from '../journey/mail-template';
import type { ContactState, Mock, ScriptItem } from '../journey/journey-tests';
import { simulate } from '../journey/simulate';
import type {
  ScriptEntry,
  SimulatedCall,
  SimulatedSend,
  SimulatedStep,
  Simulation,
  SimulationInput,
} from '../journey/simulation';
import { contactOf, scriptOf } from './dry-run-script';
import { knownEvent } from './event-catalogue';
import { entryOf, type Entry } from './dry-run-entry';
import { shownOutput } from './shown-output';

/** What a dry run is given; instants are ISO texts, as they were written. */
export interface DryRunRequest {
  readonly contact: ContactState;
  readonly startAt?: string | undefined;
  readonly variables?: JsonObject | undefined;
  readonly trigger?:
    | { readonly type: string; readonly properties?: JsonObject | undefined }
    | undefined;
  readonly events?: readonly ScriptItem[] | undefined;
  readonly choose?: Readonly<Record<string, string>> | undefined;
  readonly mocks?: Readonly<Record<string, Mock>> | undefined;
  /** A node before which the run stops. */
  readonly stopAt?: string | undefined;
}

/** What the caller knows and the request does not say. */
export interface DryRunWorld {
  /** When the run starts unless the request says. */
  readonly now: Instant;
  readonly workspace?: Facts['workspace'];
  /** Past events of a stored contact. */
  readonly history?: readonly EventFacts[];
  /** Ports that sticky splits assigned to a stored contact. */
  readonly assignments?: Readonly<Record<string, string>>;
  /** How a stored contact was in the workflow before; nobody else has limits to keep. */
  readonly earlier?: readonly Passage[];
  readonly version?: number;
  /** Stored templates; of a mail from another one the run shows no content. */
  readonly templates?: MailTemplates;
  /** How long the run may take, in milliseconds. */
  readonly longest?: number;
}

export interface DryRunReport {
  readonly status: Simulation['status'];
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly goalId: string | null;
  readonly goals: readonly { readonly id: string; readonly at: string }[];
  readonly reason: string | null;
  readonly entry: Entry;
  readonly steps: readonly ReportedStep[];
  readonly sends: readonly ReportedSend[];
  readonly calls: readonly Reported<SimulatedCall>[];
  readonly error: { code: string; nodeId: string; message: string } | null;
  /** The contact and the variables at the end. */
  readonly contact: Simulation['contact'];
  readonly variables: JsonObject;
}

export interface ReportedStep {
  readonly nodeId: string;
  readonly nodeType: string;
  readonly visit: number;
  readonly at: string;
  readonly endedAt: string | null;
  readonly status: SimulatedStep['status'];
  readonly port?: string;
  readonly output?: JsonObject;
  /** `code`, or `code: words`. */
  readonly reason?: string;
}

/** As it was simulated, its instant an ISO text. */
type Reported<T extends { readonly at: Instant }> = Omit<T, 'at'> & { readonly at: string };

export type ReportedSend = Reported<SimulatedSend>;

/** A simulation that visits too many nodes or takes too long. */
export class DryRunTooLong extends Error {
  override readonly name = 'DryRunTooLong';
}

const MOST_TURNS = 100_000;
const LONGEST_MS = 5_000;

/** Lets other work in between turns, and ends a run that a hostile definition never ends. */
function boundedSettling(longest: number): () => Promise<void> {
  const until = performance.now() + longest;
  let turns = 0;
  return async () => {
    turns += 1;
    if (turns > MOST_TURNS || performance.now() > until) {
      throw new DryRunTooLong(
        'The dry run was stopped: it visits too many nodes, or its templates and patterns take too long. Lengthen the waits in its cycles, or lower settings.visitLimit.',
      );
    }
    await setImmediate();
  };
}

const iso = (at: Instant): string => new Date(at).toISOString();

/** Runs a definition with no side effects; never throws for what the request says. */
export async function dryRun(
  definition: Definition,
  request: DryRunRequest,
  world: DryRunWorld,
): Promise<DryRunReport> {
  const input = inputOf(definition, request, world);
  const entry = await entryOf(definition, input, world);
  return report(await simulate(indexGraph(definition), input), input.startAt, entry);
}

/** Whether she would be let in, without the run. */
export function dryEntry(
  definition: Definition,
  request: DryRunRequest,
  world: DryRunWorld,
): Promise<Entry> {
  return entryOf(definition, inputOf(definition, request, world), world);
}

function inputOf(
  definition: Definition,
  request: DryRunRequest,
  world: DryRunWorld,
): SimulationInput {
  const startAt = request.startAt === undefined ? world.now : Date.parse(request.startAt);
  const { trigger, variables, choose, mocks, stopAt } = request;
  const started = trigger && {
    id: 'trigger',
    type: knownEvent(trigger.type) ?? trigger.type,
    occurredAt: startAt,
    properties: trigger.properties ?? {},
  };
  return {
    contact: contactOf(request.contact),
    startAt,
    script: [...pastOf(request, world, startAt), ...scriptOf(request.events ?? [], startAt)],
    evaluators: createEvaluators(),
    settle: boundedSettling(Math.min(world.longest ?? LONGEST_MS, LONGEST_MS)),
    workflow: { key: definition.key, version: world.version ?? 0 },
    timeZone: definition.settings.timeZone ?? null,
    ...given({ variables, choose, mocks, stopAt, trigger: started }),
    ...given({ workspace: world.workspace, assignments: world.assignments }),
    ...given({ templates: world.templates }),
  };
}

/** What had happened to a stored contact when the run starts; what came later is another story. */
function pastOf(
  { startAt: given }: DryRunRequest,
  { history = [] }: DryRunWorld,
  startAt: Instant,
): readonly ScriptEntry[] {
  return history
    .filter(({ occurredAt }) => given === undefined || occurredAt <= startAt)
    .map(({ type, properties, occurredAt }) => ({
      at: Math.min(occurredAt, startAt - 1),
      event: { type, properties },
    }));
}

/** The fields that are there; a field of value undefined is not the same as none. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function report(result: Simulation, startAt: Instant, entry: Entry): DryRunReport {
  const { status, goalId, reason, error, contact, variables } = result;
  return {
    status,
    startedAt: iso(startAt),
    endedAt: result.endedAt === null ? null : iso(result.endedAt),
    goalId,
    goals: result.goals.map(({ goalId: id, at }) => ({ id, at: iso(at) })),
    reason,
    entry,
    steps: result.steps.map(stepOf),
    sends: result.sends.map((send) => ({ ...send, at: iso(send.at) })),
    calls: result.calls.map((call) => ({ ...call, at: iso(call.at) })),
    error: error && {
      code: error.code,
      nodeId: error.node,
      message: error.message ?? `Node "${error.node}" failed with ${error.code}.`,
    },
    contact,
    variables,
  };
}

/** As the rows of live steps have it: the code, then the words where there are more. */
function writtenReason({ code, reason }: SimulatedStep): string | null {
  return code === null || reason === null || reason === code ? reason : `${code}: ${reason}`;
}

function stepOf(step: SimulatedStep): ReportedStep {
  const { nodeId, nodeType, visit, at, endedAt, status, port, output } = step;
  const reason = writtenReason(step);
  return {
    nodeId,
    nodeType,
    visit,
    at: iso(at),
    endedAt: endedAt === null ? null : iso(endedAt),
    status,
    ...(port === null ? {} : { port }),
    ...(Object.keys(output).length === 0 ? {} : { output: shownOutput(nodeType, output) }),
    ...(reason === null ? {} : { reason }),
  };
}
