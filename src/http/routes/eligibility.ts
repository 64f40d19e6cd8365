/** "What would happen if this contact entered now?", answered without letting her in. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { type ContactRow, getContact } from '../../db/contacts';
import { type Eligibility, eligibilityOf } from '../../db/eligibility';
import { loadVersion, type WorkflowRow } from '../../db/workflows';
import type { Definition } from '../../journey/definition';
import { type Graph, indexGraph } from '../../journey/graph';
import type { ContactState } from '../../journey/journey-tests';
import { dryRun, DryRunTooLong, type DryRunWorld } from '../../language/dry-run';
import { blockedSentence } from '../blocked';
import { byId, found, isoOrNull, uuid } from '../common';
import { templatesOf } from '../definition-input';
import { stateOf, worldOf } from '../dry-run-world';
import { readRoute } from '../route';
import { type EligibilityView, eligibilitySchema } from '../views/eligibility';
import { counted, placeOf, quoted } from '../words';
import { contactMissing } from './contacts';
import { requireWorkflow } from './workflows';

/** How long the look ahead may take. */
const LONGEST_MS = 500;
const STEPS_SHOWN = 50;

const query = z.strictObject({
  contactId: uuid.describe('Who would enter.'),
  key: z.string().min(1).max(200).optional().describe('The key that the enrollment would have.'),
});

export const eligibilityRoutes = [
  readRoute({
    method: 'get',
    path: '/workflows/:id/eligibility',
    operationId: 'getEligibility',
    summary: 'Tell what would happen if a contact entered now',
    description:
      'Judged as an entry through the API, without variables; nothing is stored. Whether an event would let her in says POST /workflows/:id/test with that `trigger`.',
    scope: 'enrollments:read',
    params: byId,
    query,
    answers: { 200: { description: 'Whether, and what then.', schema: eligibilitySchema } },
    problems: ['workflow.not_found', 'contact.not_found'],
    async handle({ params: { id }, query: { contactId, key = null }, deps, transaction }) {
      const at = new Date();
      const asked = await transaction(async (tx) => {
        const workflow = await requireWorkflow(tx, id);
        const load = (known: string) => getContact(tx, known);
        const contact = await found(contactId, load, contactMissing(contactId));
        const judge = deps.evaluators.condition;
        const answer = await eligibilityOf(tx, { workflow, contact, key, at, judge });
        return { workflow, contact, answer, entry: await entryOf(tx, workflow, contact, answer) };
      });
      // Outside the transaction: a look ahead takes time, and no connection should wait for it.
      const next = asked.answer.refusal === null ? await lookAhead(asked.entry) : null;
      return { status: 200, body: view(asked, at, next) };
    },
  }),
];

/** Where she would begin, and what a dry run has to know. */
interface Entry {
  readonly definition: Definition;
  readonly graph: Graph;
  readonly contact: ContactState;
  readonly world: DryRunWorld;
}

async function entryOf(
  tx: Tx,
  { id }: WorkflowRow,
  contact: ContactRow,
  { entered }: Eligibility,
): Promise<Entry | null> {
  const stored = entered && (await loadVersion(tx, id, entered.version));
  if (!stored) return null;
  // A version was parsed when it was published, and never changes.
  const definition = stored.definition as unknown as Definition;
  const world = { ...(await worldOf(tx, contact)), templates: await templatesOf(tx, definition) };
  return {
    ...{ definition, graph: indexGraph(definition), contact: await stateOf(tx, contact) },
    world: { ...world, version: stored.version, longest: LONGEST_MS },
  };
}

async function lookAhead(entry: Entry | null): Promise<EligibilityView['next']> {
  if (entry === null) return null;
  const { definition, contact, world } = entry;
  try {
    const report = await dryRun(definition, { contact }, world);
    const { status, endedAt, goalId, steps, calls, error } = report;
    const sends = report.sends.map(({ at, nodeId, channel, to, subject }) => {
      return { at, nodeId, channel, to, ...(subject === undefined ? {} : { subject }) };
    });
    const shown = { steps: steps.slice(0, STEPS_SHOWN), calls: [...calls], sends };
    return { status, endedAt, goalId, error, ...shown } as EligibilityView['next'];
  } catch (failure) {
    if (failure instanceof DryRunTooLong) return null;
    throw failure;
  }
}

interface Asked {
  readonly workflow: WorkflowRow;
  readonly contact: ContactRow;
  readonly answer: Eligibility;
  readonly entry: Entry | null;
}

function view(asked: Asked, at: Date, next: EligibilityView['next']): EligibilityView {
  const { workflow, contact, answer, entry } = asked;
  const { refusal, entered, replaces } = answer;
  const begins = entry === null ? [] : firstNodes(entry.graph);
  return {
    ...{ workflowId: workflow.id, workflowKey: workflow.key, contactId: contact.id },
    ...{ at: at.toISOString(), allowed: refusal === null, reason: refusal?.blocked ?? null },
    ...{ detail: refusal?.detail ?? null, until: isoOrNull(refusal?.until ?? null) },
    sentence: refusal === null ? allowed(asked) : blockedSentence(refusal),
    version: entered?.version ?? null,
    isCanary: entered !== null && entered.version === entered.canary,
    replaces: [...replaces],
    firstNodes: begins,
    next,
  };
}

function firstNodes(graph: Graph): EligibilityView['firstNodes'] {
  const { entry } = graph;
  if (!graph.has(entry)) return [];
  const branches = graph.node(entry).type.forks === true ? graph.successors(entry) : [];
  return [entry, ...branches].map((nodeId) => ({
    ...{ nodeId, nodeType: graph.node(nodeId).type.type, label: graph.node(nodeId).label },
  }));
}

function allowed({ workflow, answer: { entered, replaces }, entry }: Asked): string {
  const isCanary = entered !== null && entered.version === entered.canary;
  const version = `version ${entered?.version}${isCanary ? ', which is tried on a share of people,' : ''}`;
  const begins = entry === null ? '' : ` and begin at ${placeOf(entry.graph, entry.graph.entry)}`;
  const instead =
    replaces.length === 0
      ? ''
      : ` ${counted(replaces.length, 'enrollment')} of hers would be cancelled for that.`;
  return `She would enter ${version} of ${quoted(workflow.name)}${begins}.${instead}`;
}
