/** The demo's journey, alone and inside a graph of the largest size. */
import { MAX_NODES } from '../src/journey/definition';
import type { Definition } from '../src/journey/definition';
import { parseDefinition } from '../src/language/parse-definition';

/** Length of the first wait. */
export const PAUSE_MS = 1_000;
/** Long enough that only an event ends the wait. */
const LISTEN_MINUTES = 10;
/** What the journey waits for. */
export const AWAITED = 'email.opened';
/** The step whose row says that the wait for the event is open. */
export const LISTENING = 'opened';
/** The step behind the first wait, and the one behind the event. */
export const AFTER_PAUSE = 'remind';
export const AFTER_EVENT = 'known';
/** Steps that one passage visits. */
export const STEPS = 6;

const nodes = [
  { id: 'pause', type: 'wait', data: { for: `${PAUSE_MS / 1_000}s` } },
  {
    id: AFTER_PAUSE,
    type: 'send_email',
    name: 'Reminder',
    data: {
      subject: 'Your cart is waiting, {{ contact.firstName }}',
      text: 'Hi {{ contact.firstName }}, shall we keep it for you?\nhttps://shop.example.com/cart',
    },
  },
  {
    id: LISTENING,
    type: 'wait_for_event',
    data: { event: AWAITED, timeout: `${LISTEN_MINUTES} minutes` },
  },
  {
    id: AFTER_EVENT,
    type: 'condition',
    data: { condition: [{ field: 'contact.email', operator: 'exists' }] },
  },
  { id: 'tag', type: 'add_tag', data: { tag: 'opened-reminder' } },
  { id: 'done', type: 'end', data: {} },
];

const edges = [
  { source: 'pause', target: AFTER_PAUSE },
  { source: AFTER_PAUSE, target: LISTENING },
  { source: LISTENING, sourceHandle: 'received', target: AFTER_EVENT },
  { source: AFTER_EVENT, sourceHandle: 'true', target: 'tag' },
  { source: 'tag', target: 'done' },
];

export function smallJourney(key: string): Definition {
  return define(key, [...nodes], [...edges]);
}

/** The same passage; the other nodes lie behind the port that nobody takes. */
export function largeJourney(key: string): Definition {
  const others = Array.from({ length: MAX_NODES - nodes.length }, (_, index) => other(index));
  const chain = others.map(({ id }, index) => ({
    source: others[index - 1]?.id ?? LISTENING,
    ...(index === 0 ? { sourceHandle: 'timed_out' } : {}),
    target: id,
  }));
  return define(key, [...nodes, ...others], [...edges, ...chain]);
}

/** A node of a long campaign: wait, mail, tag, over and over. */
function other(index: number): { id: string; type: string; name: string; data: object } {
  const kinds = [
    { type: 'wait', data: { for: '2 days' } },
    {
      type: 'send_email',
      data: {
        subject: `Chapter ${index} for {{ contact.firstName }}`,
        html: `<h1>Hello {{ contact.firstName }}</h1><p>${'A paragraph of a campaign. '.repeat(20)}</p>`,
      },
    },
    { type: 'add_tag', data: { tags: [`chapter-${index}`, 'campaign'] } },
  ];
  const { type, data } = kinds[index % kinds.length] as { type: string; data: object };
  return { id: `other-${index}`, type, name: `Chapter ${index}`, data };
}

function define(key: string, nodeList: object[], edgeList: object[]): Definition {
  const { definition, errors } = parseDefinition({
    key,
    name: 'Abandoned cart',
    triggers: [{ type: 'manual' }],
    nodes: nodeList,
    edges: edgeList,
    goals: [{ id: 'paid', event: 'cart.paid' }],
  });
  if (definition === null) throw new Error(`The journey is wrong: ${JSON.stringify(errors)}`);
  return definition;
}
