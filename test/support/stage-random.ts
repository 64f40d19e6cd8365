/**
 * A random journey made playable by real servers, and the same for the simulator: what the mocks say, real
 * receivers do.
 *
 * Owns: what has to be equal in both worlds. A call that fails is answered with 503, a mail goes to an address
 * that the server refuses, another workflow is one that ends as the mock says.
 *
 * Instants have phases within a minute, so that nothing that the definition calls equal depends on how long a
 * computer takes: dates fall on :00, the start and what is measured from it on :15, the script behind it.
 * Spans are half hours, and the branches of a fork begin some minutes apart.
 */
import { mockedStatus } from '../../src/journey/enroll-fields';
import type { Mock } from '../../src/journey/journey-tests';
import type { Json, JsonObject } from '../../src/journey/json';
import type { RandomJourney } from './random-graph';

/** The day of the year, and the second, on which staged journeys begin. */
export const beginning = (year: number): number => Date.UTC(year, 2, 27, 8, 0, 15);

export interface Staging {
  /** Different for each journey of a run. */
  readonly name: string;
  readonly year: number;
  /** Where calls go. */
  readonly httpUrl: string;
  /** A workflow that ends with this status; `blocked` lets nobody in, `timed_out` goes on for long. */
  readonly target: (status: string) => string;
}

export interface Staged extends RandomJourney {
  readonly name: string;
  /** What the web server answers, by path; 503 for null. */
  readonly answers: ReadonlyMap<string, Json | null>;
}

/** Recipients that the mail server refuses for now. */
export const REFUSED = 'refused';

interface Node {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
}

/** A retry whose pauses both worlds agree on; full minutes keep the phase. */
const SOME_TIMES = {
  maxAttempts: 3,
  initialInterval: '1h',
  // Two pauses come to 28 minutes behind a half hour, where no branch of three forks stands.
  maxInterval: '59m',
  backoff: 'linear',
  jitter: false,
};
const MISSING = 'nobody-has-made-this';
const PHASE_MS = 5_000;

export function staged(journey: RandomJourney, staging: Staging): Staged {
  const answers = new Map<string, Json | null>();
  const mocks: Record<string, Mock> = {};
  const nodes = (journey.input.nodes as unknown as Node[]).map((node) => {
    const { mock, ...rest } = stagedNode(node, journey.mocks[node.id], staging, answers);
    if (mock !== undefined) mocks[node.id] = mock;
    return rest as unknown as JsonObject;
  });
  const dated = inYear({ ...journey.input, nodes }, staging.year) as JsonObject;
  const input = branchesApart(dated);
  const { email } = journey.contact;
  return {
    ...journey,
    name: staging.name,
    answers,
    mocks,
    input,
    contact: {
      ...(inYear(journey.contact as JsonObject, staging.year) as typeof journey.contact),
      email: typeof email === 'string' ? `${staging.name}@example.com` : null,
    },
    events: journey.events.map((item, index) => ({
      ...(inYear(item as unknown as JsonObject, staging.year) as unknown as typeof item),
      after: Number(item.after) + (1 + index) * PHASE_MS,
    })),
    ...(journey.trigger === undefined
      ? {}
      : { trigger: inYear(journey.trigger, staging.year) as typeof journey.trigger }),
  };
}

type StagedNode = Node & { readonly mock?: Mock };

function stagedNode(
  node: Node,
  mock: Mock | undefined,
  staging: Staging,
  answers: Map<string, Json | null>,
): StagedNode {
  const fails = mock !== undefined && 'error' in mock;
  const status = mock !== undefined && 'output' in mock ? mockedStatus(mock.output) : null;
  switch (node.type) {
    case 'webhook':
    case 'http_request': {
      const path = `/${staging.name}/${node.id}`;
      answers.set(path, fails ? null : mock && 'output' in mock ? mock.output : 'fine');
      const data = { ...node.data, url: `${staging.httpUrl}${path}` };
      if (fails) return failing({ ...node, data }, 'http.status_5xx');
      return { ...node, data, mock: mock ?? { output: 'fine' } };
    }
    case 'send_email':
    case 'send_notification': {
      if (!fails) return node;
      const to = `${REFUSED}-${staging.name}@example.com`;
      return failing({ ...node, data: { ...node.data, to } }, 'email.refused_retryable');
    }
    case 'enroll_in_workflow':
    case 'call_workflow': {
      const workflow = fails ? MISSING : staging.target(status ?? 'completed');
      // Two paths may be in one workflow at once.
      const data = { ...node.data, workflow, key: "{{ 'now' | date: '%s-%L' }}" };
      if (fails) return failing({ ...node, data }, 'workflow.not_found', { maxAttempts: 1 });
      return { ...node, data, mock: { output: { status: status ?? 'completed' } } };
    }
    // Whether she is in another workflow changes with time, and a mock does not.
    case 'remove_from_workflow':
      return { ...node, mock: { output: { status: 'blocked' } } };
    // Drawn by the id of the enrollment, which differs.
    case 'split':
      return { ...node, data: { ...node.data, assignment: 'sticky' } };
    default:
      return node;
  }
}

function failing(node: Node, code: string, retry: object = SOME_TIMES): StagedNode {
  return { ...node, retry, mock: { error: { code } } } as StagedNode;
}

/** Each fork has minutes of its own, so that paths from two of them do not meet by chance. */
const OWN_MINUTES = 3;

function branchesApart(input: JsonObject): JsonObject {
  const nodes = [...(input['nodes'] as unknown as Node[])];
  const edges = [...(input['edges'] as unknown as Edge[])];
  const forks = nodes.filter(({ type }) => type === 'parallel').map(({ id }) => id);
  for (const [index, edge] of edges.entries()) {
    const branch = Number(/^b(\d)$/.exec(edge.sourceHandle ?? '')?.[1] ?? 0);
    if (!forks.includes(edge.source) || branch === 0 || edge.target === 'end') continue;
    const id = `apart-${edge.source}-${branch}`;
    const minutes = branch * OWN_MINUTES ** forks.indexOf(edge.source);
    nodes.push({ id, type: 'wait', data: { for: `${minutes}m` } });
    edges[index] = { ...edge, target: id };
    edges.push({ source: id, sourceHandle: 'next', target: edge.target });
  }
  return { ...input, nodes: nodes as unknown as Json, edges: edges as unknown as Json };
}

interface Edge {
  readonly source: string;
  readonly sourceHandle?: string;
  readonly target: string;
}

/** Dates of 2026 in another year, and spans of conditions that no sum of waits comes to. */
function inYear(value: Json, year: number): Json {
  if (typeof value === 'string') return value.replace(/^2026-/, `${year}-`);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => inYear(item, year));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === 'string'
        ? (SPANS.get(`${key} ${item}`) ?? inYear(item, year))
        : inYear(item, year),
    ]),
  );
}

const SPANS = new Map([
  ['within 1h', '47m'],
  ['within 2d', '2873m'],
  ['for 1m', '30m'],
]);
