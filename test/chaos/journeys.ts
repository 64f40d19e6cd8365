/** Random journeys whose waits take seconds, and whose effects say at the provider whose they are. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/journey/json';
import { parseDefinition } from '../../src/language/parse-definition';
import { randomJourney } from '../support/random-graph';
import { type Random, randomOf } from './random';

/** A definition as it is sent. */
export interface Journey {
  readonly key: string;
  readonly nodes: readonly JourneyNode[];
  readonly edges: readonly Edge[];
  readonly goals: readonly JourneyGoal[];
  readonly settings: JsonObject;
}

export interface Edge {
  readonly source: string;
  readonly sourceHandle?: string;
  readonly target: string;
}

export interface JourneyGoal {
  readonly id: string;
  readonly event?: string;
  readonly condition?: JsonObject;
  readonly onAchieved?: string | { readonly goTo: string };
}

export interface JourneyNode {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly retry?: JsonObject;
  readonly timeout?: string;
}

const FEWEST_NODES = 5;
const MOST_NODES = 30;
/** Rounds of a loop. */
const VISIT_LIMIT = 2;
/** The workflow that nodes let people into. */
export const SIDE = 'side';
/** What leaves the building. */
export const OUTWARD = ['webhook', 'http_request', 'send_email', 'send_notification'];
/** Decisions with one port that may become effects, of which there would be few. */
const REPLACEABLE = [
  'text',
  'date',
  'math',
  'list',
  'set_variable',
  'add_to_list',
  'remove_from_list',
  'track_event',
  'update_contact',
  'remove_tag',
];
const REPLACED = 0.75;
/** The share of edges that effects are put upon, and how many at most; everybody passes the first edge. */
const INSERTED = 0.6;
const MOST_IN_A_ROW = 3;
const FIRST_IN_A_ROW = 7;

/** `count` different journeys of a seed; `httpUrl` is where calls go. */
export function journeysOf(seed: number, count: number, httpUrl: string): Journey[] {
  const found: Journey[] = [];
  for (let round = 0; found.length < count; round += 1) {
    const drawn = fc.sample(randomJourney(), { seed: seed + round, numRuns: 4 * count });
    for (const { input } of drawn) {
      const key = `journey-${found.length}`;
      const random = randomOf(seed, `${round}/${key}`);
      const journey = busier(shortened(input, key, httpUrl, random), httpUrl, random);
      const { length } = journey.nodes;
      if (length < FEWEST_NODES || length > MOST_NODES || outward(journey) === 0) continue;
      if (parseDefinition(journey).definition === null) continue;
      if (found.push(journey) === count) break;
    }
  }
  return found;
}

/** The journey with effects between its nodes. */
function busier(journey: Journey, httpUrl: string, random: Random): Journey {
  const nodes = [...journey.nodes];
  const put = (edge: Edge, count: number): Edge[] => {
    const ids = Array.from({ length: Math.min(count, MOST_NODES - nodes.length) }, () => {
      const id = `more-${nodes.length}`;
      nodes.push(quick({ id, type: random.pick(OUTWARD), data: {} }, httpUrl, random));
      return id;
    });
    const targets = [...ids, edge.target];
    return targets.map((target, index) =>
      index === 0 ? { ...edge, target } : { source: ids[index - 1] ?? '', target },
    );
  };
  const [entries, others] = [true, false].map((isEntry) =>
    journey.edges.filter(({ source }) => (source === 'trigger') === isEntry),
  ) as [Edge[], Edge[]];
  const edges = [
    ...entries.flatMap((edge) => put(edge, FIRST_IN_A_ROW)),
    ...others.flatMap((edge) =>
      put(edge, random.chance(INSERTED) ? random.between(1, MOST_IN_A_ROW) : 0),
    ),
  ];
  return { ...journey, nodes, edges };
}

const outward = ({ nodes }: Journey): number =>
  nodes.filter(({ type }) => OUTWARD.includes(type)).length;

/** Another journey for people who are let in by a node. */
function sideJourney(httpUrl: string): Journey {
  return {
    ...{ key: SIDE, name: 'Side', trigger: { type: 'manual' }, goals: [] },
    nodes: [
      { id: 'pause', type: 'wait', data: { for: '1s' } },
      { id: 'tell', type: 'webhook', data: calling('tell', httpUrl) },
    ],
    edges: [
      { source: 'trigger', target: 'pause' },
      { source: 'pause', target: 'tell' },
    ],
    settings: { enrollment: MANY_TIMES },
  };
}

const UNTIL_IT_WORKS = { maxAttempts: 100, initialInterval: '1s', maxInterval: '4s' };

/** The workflow of people who are there to see when they wake up. */
export const PROBE = 'probe';
export const PROBE_WAITS_MS = 3_000;

function probeJourney(httpUrl: string): Journey {
  return {
    ...{ key: PROBE, name: 'Probe', trigger: { type: 'manual' }, goals: [], settings: {} },
    nodes: [
      { id: 'sleep', type: 'wait', data: { for: `${PROBE_WAITS_MS / 1_000}s` } },
      {
        ...{ id: 'wake', type: 'webhook', data: calling('wake', httpUrl), timeout: '4s' },
        retry: UNTIL_IT_WORKS,
      },
    ],
    edges: [
      { source: 'trigger', target: 'sleep' },
      { source: 'sleep', target: 'wake' },
    ],
  };
}

/** What every workspace has besides its random journeys. */
export const commonJourneys = (httpUrl: string): Journey[] => [
  sideJourney(httpUrl),
  probeJourney(httpUrl),
];

const MANY_TIMES = { allowMultiple: true, whenActive: 'parallel' };

function shortened(input: JsonObject, key: string, httpUrl: string, random: Random): Journey {
  const { nodes, settings, ...rest } = input as unknown as Journey;
  return {
    ...(inThePast(rest as unknown as Json) as unknown as Omit<Journey, 'nodes' | 'settings'>),
    key,
    nodes: nodes.map((node) =>
      quick(inThePast(node as unknown as Json) as unknown as JourneyNode, httpUrl, random),
    ),
    settings: { ...settings, visitLimit: VISIT_LIMIT, enrollment: MANY_TIMES },
  };
}

/** Days of the generator's year, which may lie ahead, long ago; spans of conditions as short as the waits. */
function inThePast(value: Json): Json {
  if (typeof value === 'string') return value.replace(/^2026-/, '2020-');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inThePast);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === 'within' ? '5s' : inThePast(item)]),
  );
}

function quick(node: JourneyNode, httpUrl: string, random: Random): JourneyNode {
  if (REPLACEABLE.includes(node.type) && random.chance(REPLACED))
    return quick({ ...node, type: random.pick(OUTWARD) }, httpUrl, random);
  const seconds = () => `${random.between(1, 4)}s`;
  const { id, type, data } = node;
  const made = (more: JsonObject): JourneyNode => ({ ...node, data: { ...data, ...more } });
  switch (type) {
    case 'wait':
      if ('untilCondition' in data) return made({ maxWait: seconds() });
      // Midnight, mornings and windows are hours away.
      return 'until' in data
        ? node
        : { ...node, data: { for: data['for'] === '0s' ? '0s' : seconds() } };
    case 'wait_for_event':
      return made({ timeout: seconds() });
    case 'join':
      return 'timeout' in data ? made({ timeout: seconds() }) : node;
    case 'call_workflow':
      return { ...node, data: { workflow: SIDE, key: ANY_KEY, timeout: '6s' } };
    case 'enroll_in_workflow':
      return { ...node, data: { workflow: SIDE, key: ANY_KEY } };
    case 'remove_from_workflow':
      return { ...node, data: { workflow: SIDE } };
    case 'webhook':
      return patient({ ...node, data: calling(id, httpUrl) }, random);
    case 'http_request':
      return patient(
        { ...node, data: { ...calling(id, httpUrl), save: { coupon: 'code' } } },
        random,
      );
    case 'send_email':
      return {
        ...node,
        data: { subject: 'Chaos', text: signed(id), purpose: 'transactional', onUnknown: 'hold' },
      };
    case 'send_notification':
      return {
        ...node,
        data: { channel: 'email', to: '{{ contact.email }}', subject: 'Chaos', text: signed(id) },
      };
    default:
      return node;
  }
}

/** Two paths may let her in at once. */
const ANY_KEY = "{{ 'now' | date: '%s-%L' }}";

/** What a mail says, so that the provider knows its visit; `whose` adds what the ledger is to keep besides. */
export const signed = (nodeId: string, whose?: string): string =>
  `effect {{ enrollment.id }} ${nodeId}${whose === undefined ? '' : `\nwhose ${whose}`}`;

/** A call that says the same. */
export function calling(nodeId: string, httpUrl: string, whose?: string): JsonObject {
  return {
    url: `${httpUrl}/call/{{ enrollment.id }}/${nodeId}${whose === undefined ? '' : `/${whose}`}`,
    method: 'POST',
    body: { from: nodeId },
  };
}

/** Mostly tried until it works, sometimes given up soon, as the node was drawn. */
function patient(node: JourneyNode, random: Random): JourneyNode {
  const own = random.chance(0.2) ? {} : { retry: UNTIL_IT_WORKS };
  return { ...node, timeout: '4s', ...own };
}
