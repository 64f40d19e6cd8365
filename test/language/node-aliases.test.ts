import { NODE_ALIASES } from '../../src/language/forms/node-aliases';
import { normalize } from '../../src/language/normalize';
import { parseDefinition } from '../../src/language/parse-definition';
import { harvest } from '../../src/language/written';

const vip = { type: 'tag', operator: 'includes', value: 'vip' };
const isVip = { operator: 'AND', conditions: [vip] };

/** The canonical type and data of a node, and the ports it leads somewhere by. */
function read(type: string, data: object) {
  const { tree, notes } = normalize({
    name: 'x',
    nodes: [{ id: 'a', type, data: data as never }],
  });
  const { nodes, edges } = harvest(tree) as unknown as {
    nodes: { type: string; data: object }[];
    edges?: { sourceHandle?: string; target: string }[];
  };
  const [node] = nodes;
  const ways = (edges ?? []).map(({ sourceHandle, target }) => [sourceHandle ?? 'next', target]);
  return {
    type: node?.type,
    data: node?.data,
    ways,
    problems: notes.errors.map(({ path }) => path),
  };
}

const good: [string, object, string, object, string[][]?][] = [
  // delay
  ['delay', { duration: 5 }, 'wait', { for: { amount: 5, unit: 'seconds' } }],
  ['delay', { duration: 5, unit: 'MINUTES' }, 'wait', { for: { amount: 5, unit: 'MINUTES' } }],
  ['delay', { duration: '5', unit: 'days' }, 'wait', { for: { amount: 5, unit: 'days' } }],
  ['delay', { duration: '1h30m' }, 'wait', { for: '1h30m' }],
  ['delay', { amount: 2, unit: 'hours' }, 'wait', { for: { amount: 2, unit: 'hours' } }],
  ['DELAY', { duration: { amount: 1, unit: 'day' } }, 'wait', { for: { amount: 1, unit: 'day' } }],
  ['delay', { for: '1 day' }, 'wait', { for: '1 day' }],
  // wait_until
  ['wait_until', { date: '2026-12-24' }, 'wait', { until: '2026-12-24' }],
  ['wait_until', { dateTime: '2026-12-24T09:00:00Z' }, 'wait', { until: '2026-12-24T09:00:00Z' }],
  [
    'wait_until',
    { field: 'trialEndsAt', offset: '-2d' },
    'wait',
    { until: '{{ contact.trialEndsAt }}', offset: '-2d' },
  ],
  ['wait_until', { field: 'contact.born' }, 'wait', { until: '{{ contact.born }}' }],
  ['wait_until', { field: 'event.startsAt' }, 'wait', { until: '{{ event.startsAt }}' }],
  ['wait_until', { field: '{{ variables.at }}' }, 'wait', { until: '{{ variables.at }}' }],
  [
    'wait_until',
    { time: '09:00', days: ['MONDAY'] },
    'wait',
    { untilTime: '09:00', days: ['monday'] },
  ],
  ['wait_until', { date: '2026-12-24', time: '09:00' }, 'wait', { until: '2026-12-24T09:00' }],
  ['wait_until', { untilTime: '09:00' }, 'wait', { untilTime: '09:00' }],
  // wait
  [
    'wait',
    { waitType: 'duration', duration: 3, unit: 'days' },
    'wait',
    { for: { amount: 3, unit: 'days' } },
  ],
  [
    'wait',
    { waitType: 'DURATION', duration: { value: 3, unit: 'DAYS' } },
    'wait',
    { for: { amount: 3, unit: 'DAYS' } },
  ],
  ['wait', { waitType: 'until_date', waitUntil: '2026-12-24' }, 'wait', { until: '2026-12-24' }],
  [
    'wait',
    { waitType: 'until_condition', condition: vip, maxWaitDuration: '7d' },
    'wait',
    { untilCondition: isVip, maxWait: '7d' },
  ],
  [
    'wait',
    { waitType: 'until_condition', condition: [vip], maxWaitDuration: 60 },
    'wait',
    { untilCondition: isVip, maxWait: { amount: 60, unit: 'seconds' } },
  ],
  ['WAIT', { for: '1 day' }, 'wait', { for: '1 day' }],
  // condition
  ['if_else', { condition: [vip] }, 'condition', { condition: isVip }],
  [
    'if_else',
    { condition: vip, trueBranch: ['b', 'c'], falseBranch: [] },
    'condition',
    { condition: isVip },
    [
      ['true', 'b'],
      ['next', 'c'],
      ['false', 'end'],
    ],
  ],
  [
    'condition',
    { field: 'score', operator: '>=', value: 3 },
    'condition',
    {
      condition: {
        operator: 'AND',
        conditions: [{ field: 'score', operator: 'greater_or_equal', value: 3 }],
      },
    },
  ],
  ['condition', { conditions: [vip] }, 'condition', { condition: isVip }],
  [
    'condition',
    { conditions: [vip], operator: 'or' },
    'condition',
    { condition: { operator: 'OR', conditions: [vip] } },
  ],
  [
    'condition',
    { conditionType: 'composite', operator: 'AND', conditions: [vip] },
    'condition',
    { condition: { type: 'group', ...isVip } },
  ],
  [
    'condition',
    { conditionType: 'TAG', operator: 'INCLUDES', value: 'vip' },
    'condition',
    { condition: isVip },
  ],
  ['CONDITION', { condition: [vip] }, 'condition', { condition: isVip }],
  // split
  [
    'ab_split',
    { paths: ['A', 'B'], weights: [30, 70] },
    'split',
    {
      variants: [
        { port: 'A', weight: 30 },
        { port: 'B', weight: 70 },
      ],
    },
  ],
  [
    'ab_split',
    { paths: ['A', 'B'] },
    'split',
    {
      variants: [
        { port: 'A', weight: 1 },
        { port: 'B', weight: 1 },
      ],
    },
  ],
  [
    'ab_split',
    { paths: ['A', 'B'], weights: { A: 1, B: 2 } },
    'split',
    {
      variants: [
        { port: 'A', weight: 1 },
        { port: 'B', weight: 2 },
      ],
    },
  ],
  [
    'ab_split',
    { paths: [{ id: 'A', weight: 1, actions: ['b'] }] },
    'split',
    { variants: [{ port: 'A', weight: 1 }] },
    [['A', 'b']],
  ],
  [
    'random_path',
    { paths: [{ id: 'A', percentage: 100 }] },
    'split',
    { variants: [{ port: 'A', weight: 100 }] },
  ],
  [
    'split',
    { splitType: 'percentage', branches: [{ id: 'A', name: 'One', percentage: 100, actions: [] }] },
    'split',
    { variants: [{ port: 'A', name: 'One', weight: 100 }] },
    [['A', 'end']],
  ],
  [
    'split',
    { splitType: 'PERCENTAGE', branches: [{ id: 'A', weight: 1 }], conditionalBranches: [] },
    'split',
    { variants: [{ port: 'A', weight: 1 }] },
  ],
  [
    'split',
    {
      splitType: 'conditional',
      conditionalBranches: [{ id: 'A', condition: vip, actions: ['b', 'c'] }],
      defaultBranch: ['d'],
    },
    'switch',
    { cases: [{ port: 'A', condition: isVip }] },
    [
      ['A', 'b'],
      ['next', 'c'],
      ['default', 'd'],
    ],
  ],
  [
    'split',
    {
      splitType: 'conditional',
      branches: [{ id: 'A', conditions: [vip], actions: ['b'] }],
      defaultBranch: 'A',
    },
    'switch',
    { cases: [{ port: 'A', condition: isVip }] },
    [
      ['A', 'b'],
      ['default', 'b'],
    ],
  ],
  [
    'split',
    { conditionalBranches: [{ id: 'A', condition: vip }], defaultBranch: { actions: ['d'] } },
    'switch',
    { cases: [{ port: 'A', condition: isVip }] },
    [['default', 'd']],
  ],
  [
    'split',
    { variants: [{ port: 'A', weight: 1 }] },
    'split',
    { variants: [{ port: 'A', weight: 1 }] },
  ],
  // messages
  [
    'email',
    { subject: 'Hi', text: 'x', fromName: 'Ada', fromEmail: 'a@b.co' },
    'send_email',
    { subject: 'Hi', text: 'x', from: { name: 'Ada', email: 'a@b.co' } },
  ],
  ['SEND_EMAIL', { templateId: 'welcome' }, 'send_email', { template: 'welcome' }],
  [
    'send_email',
    { subject: 'Hi', text: 'x', purpose: 'TRANSACTIONAL' },
    'send_email',
    { subject: 'Hi', text: 'x', purpose: 'transactional' },
  ],
  ['sms', { templateId: 't' }, 'send_sms', { template: 't' }],
  ['send_sms', { templateId: 't' }, 'send_sms', { template: 't' }],
  ['whatsapp', { templateId: 't' }, 'send_whatsapp', { template: 't' }],
  ['send_whatsapp', { templateId: 't' }, 'send_whatsapp', { template: 't' }],
  ['push', { templateId: 't' }, 'send_push', { template: 't' }],
  ['send_push', { templateId: 't' }, 'send_push', { template: 't' }],
  ['slack', { text: 'Hi' }, 'send_slack', { text: 'Hi' }],
  ['teams', { text: 'Hi' }, 'send_teams', { text: 'Hi' }],
  // contact
  ['update_field', { field: 'plan', value: 'pro' }, 'update_contact', { set: { plan: 'pro' } }],
  [
    'update_field',
    { field: 'plan', value: 'pro', operation: 'SET' },
    'update_contact',
    { set: { plan: 'pro' } },
  ],
  [
    'update_field',
    { field: 'seen', value: ['a'], operation: 'append' },
    'update_contact',
    { append: { seen: ['a'] } },
  ],
  [
    'update_field',
    { field: 'n', value: 2, operation: 'increment' },
    'update_contact',
    { increment: { n: 2 } },
  ],
  [
    'update_field',
    { field: 'n', value: 2, operation: 'decrement' },
    'update_contact',
    { increment: { n: -2 } },
  ],
  ['update_field', { field: 'plan', operation: 'unset' }, 'update_contact', { unset: ['plan'] }],
  ['add_to_segment', { segment: 'beta' }, 'add_to_list', { list: 'beta' }],
  ['remove_from_segment', { segment: 'beta' }, 'remove_from_list', { list: 'beta' }],
  // action
  ['action', { actionType: 'ADD_TAG', tag: 'vip' }, 'add_tag', { tag: 'vip' }],
  [
    'ACTION',
    { actionType: 'delay', config: { duration: 5 } },
    'wait',
    { for: { amount: 5, unit: 'seconds' } },
  ],
  ['EXIT', {}, 'exit', {}],
  [
    'wait_for_event',
    { event: 'EMAIL_OPENED', timeout: '1d', since: 'LAST_SEND' },
    'wait_for_event',
    { event: 'email.opened', timeout: '1d', since: 'last_send' },
  ],
];

test.each(
  good.map(
    ([type, data, canonicalType, canonicalData, ways = []]) =>
      [type, data, canonicalType, canonicalData, ways] as const,
  ),
)('%s %j is %s', (type, data, canonicalType, canonicalData, ways) => {
  expect(read(type, data)).toEqual({
    type: canonicalType,
    data: canonicalData,
    ways,
    problems: [],
  });
});

test('every alias is read at least once above', () => {
  const read = new Set(good.map(([type]) => type.toLowerCase()));
  expect([...NODE_ALIASES.keys()].filter((alias) => !read.has(alias))).toEqual([]);
});

const bad: [string, object, string, string?][] = [
  ['delay', {}, 'nodes[0].data.duration'],
  ['delay', { duration: 'soon' }, 'nodes[0].data.duration'],
  ['delay', { duration: 5, unit: 'mintes' }, 'nodes[0].data.unit', 'minute'],
  ['delay', { duration: -5 }, 'nodes[0].data.duration'],
  ['delay', { durration: 5 }, 'nodes[0].data.durration', 'duration'],
  ['wait', { waitType: 'until_dat' }, 'nodes[0].data.waitType', 'until_date'],
  ['wait', { waitType: 'until_date' }, 'nodes[0].data.waitUntil'],
  ['wait', { waitType: 'until_condition', condition: vip }, 'nodes[0].data.maxWaitDuration'],
  ['wait_until', {}, 'nodes[0].data'],
  ['wait_until', { time: '9 o’clock' }, 'nodes[0].data.time'],
  [
    'if_else',
    { condition: { field: 'x', operator: 'equls', value: 1 } },
    'nodes[0].data.condition.operator',
    'equals',
  ],
  ['condition', { field: 'x', operator: 'in', value: 1 }, 'nodes[0].data.value'],
  ['if_else', {}, 'nodes[0].data.condition'],
  ['split', { splitType: 'percent', branches: [] }, 'nodes[0].data.splitType', 'percentage'],
  [
    'split',
    { splitType: 'percentage', branches: [{ id: 'a', weight: 'x' }] },
    'nodes[0].data.branches[0].weight',
  ],
  ['split', { splitType: 'percentage' }, 'nodes[0].data.branches'],
  ['ab_split', { paths: ['A', 'A'], weights: [1, 1] }, 'nodes[0].data.paths'],
  ['email', { subject: 'x', text: 'x', fromEmail: 'nobody' }, 'nodes[0].data.fromEmail'],
  ['email', { subject: 'x', text: 'x', fromName: 'Ada' }, 'nodes[0].data.fromEmail'],
  ['email', { subject: 'x', text: 'x', fromNme: 'Ada' }, 'nodes[0].data.fromNme', 'fromName'],
  ['update_field', { value: 1 }, 'nodes[0].data.field'],
  ['update_field', { field: 'x' }, 'nodes[0].data.value'],
  ['update_field', { field: 'x', value: 1, operation: 'sett' }, 'nodes[0].data.operation', 'set'],
  ['emial', {}, 'nodes[0].type', 'email'],
  ['SEND_EMIAL', {}, 'nodes[0].type', 'send_email'],
  ['action', { actionType: 'ADD_TGA', tag: 'x' }, 'nodes[0].data.actionType', 'add_tag'],
];

test.each(
  bad.map(([type, data, path, suggestion = null]) => [type, data, path, suggestion] as const),
)('%s %j is refused at %s', (type, data, path, suggestion) => {
  const { errors } = parseDefinition({
    name: 'x',
    trigger: { type: 'manual' },
    nodes: [{ id: 'a', type, data }],
    edges: [],
  });
  const found = errors.find((issue) => issue.path === path);
  expect({ found, errors }).toMatchObject({
    found: { path, ...(suggestion === null ? {} : { suggestion }) },
  });
});
