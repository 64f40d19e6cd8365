import { setImmediate } from 'node:timers/promises';
import { createEvaluators } from '../../src/evaluate/evaluators';
import type { ContactFacts } from '../../src/journey/facts';
import { readCommand } from '../../src/journey/commands';
import { indexGraph } from '../../src/journey/graph';
import { simulate } from '../../src/journey/simulate';
import type { Order, ScriptEntry, Simulation, SimulationInput } from '../../src/journey/simulation';
import { changed } from '../../src/language/dry-run-script';
import type { Case, Happening, Observed } from '../runtime-cases/case';

export const START = Date.UTC(2026, 2, 27, 8);

export const ada: ContactFacts = {
  id: '018f0000-0000-7000-8000-000000000001',
  externalId: null,
  email: 'ada@example.com',
  phone: null,
  firstName: 'Ada',
  lastName: null,
  timeZone: 'Europe/Berlin',
  attributes: {},
  tags: [],
  score: 0,
  lists: [],
  segments: [],
  consent: {},
};

/** Input of the simulator with everything a test does not care about. */
export function simulation(input: Partial<SimulationInput>): SimulationInput {
  return {
    contact: ada,
    startAt: START,
    script: [],
    evaluators: createEvaluators(),
    settle: () => setImmediate(),
    workflow: { key: 'journey', version: 1 },
    ...input,
  };
}

function entryOf({ after, unheard = false, ...happening }: Happening): ScriptEntry | Order {
  const at = START + after;
  if ('command' in happening) {
    const command = readCommand(happening.command, happening.input ?? {});
    if (command === null) throw new Error(`There is no such command ${happening.command}.`);
    return { at, command };
  }
  if ('event' in happening) {
    const { event: type, properties = {}, about: node } = happening;
    const event = { type, properties };
    return { at, unheard, event, ...(node === undefined ? {} : { node }) };
  }
  return { at, unheard, contact: (before) => changed(before, happening.contact) };
}

export async function runSimulated(scenario: Case): Promise<Observed> {
  return observed(await simulateCase(scenario));
}

/** A case of the contract, with all that the simulator tells. */
export function simulateCase(scenario: Case): Promise<Simulation> {
  const { definition, contact = {}, happenings = [], trigger, variables, continueOften } = scenario;
  const { mocks = {}, lost = {}, templates = {} } = scenario;
  const stored = Object.entries(templates).map(
    ([key, content]) => [key, { ...content, key, version: 1 }] as const,
  );
  return simulate(
    indexGraph(definition),
    simulation({
      contact: changed(ada, contact),
      ...(variables === undefined ? {} : { variables }),
      script: happenings.map(entryOf),
      ...(trigger === undefined
        ? {}
        : {
            trigger: { id: 'trigger', occurredAt: START, properties: {}, ...trigger },
          }),
      ...(continueOften ? { continueAfter: (wakes: number) => wakes > 0 } : {}),
      mocks: { ...mocks, ...doubtsOf(lost) },
      templates: Object.fromEntries(stored),
    }),
  );
}

/** Only what nobody can ask about is a doubt to a journey: what is found was sent, what is absent is sent again. */
function doubtsOf(lost: NonNullable<Case['lost']>): NonNullable<Case['mocks']> {
  const unasked = Object.entries(lost).filter(([, answer]) => answer === 'unasked');
  return Object.fromEntries(unasked.map(([id]) => [id, { error: { code: 'email.unknown' } }]));
}

function observed(result: Simulation): Observed {
  return {
    status: result.status,
    goalId: result.goalId,
    path: result.steps.map((step) =>
      step.status === 'cancelled' ? `${step.nodeId}!` : `${step.nodeId}:${step.port ?? '-'}`,
    ),
    sends: result.sends.map((send) => send.nodeId),
    tags: result.contact.tags,
    score: result.contact.score,
    lists: result.contact.lists,
    attributes: result.contact.attributes,
    variables: result.variables,
    error: result.error?.code ?? null,
    reason: result.reason,
  };
}
