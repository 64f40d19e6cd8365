/**
 * Configurations and conditions for random graphs.
 *
 * A node type not named here is drawn with the data of its examples, so a new one takes part at once. `#3` in a
 * text stands for the id of some node; whoever builds the graph puts one in.
 */
import fc from 'fast-check';
import { portsOf } from '../../src/journey/node-type';
import { nodeTypes } from '../../src/journey/nodes/index';

const TAGS = ['vip', 'buyer', 'cold'];
/** What nodes may record; a cycle that waits for such an event could feed itself. */
const RECORDED = ['cart.paid', 'lead.qualified'];
const UNRECORDED = ['email.opened'];
const EVENTS = [...RECORDED, ...UNRECORDED];

const tag = fc.constantFrom(...TAGS);
export const event = fc.constantFrom(...EVENTS);
const node = fc.nat({ max: 99 }).map((index) => `#${index}`);
const duration = (...texts: string[]) => fc.constantFrom(...texts);
const window = fc.record({
  from: fc.constantFrom('08:00', '22:00', '09:30'),
  to: fc.constantFrom('12:00', '17:30'),
  timeZone: fc.constantFrom('contact', 'workspace', 'Asia/Kathmandu'),
});

const filter = fc.constantFrom(
  [{ field: 'event.total', operator: 'greater_than', value: 50 }],
  [{ field: 'total', operator: 'exists' }],
);

const condition = fc.oneof(
  fc.record({
    type: fc.constant('tag'),
    operator: fc.constantFrom('includes', 'not_includes'),
    value: tag,
  }),
  fc.record({
    type: fc.constant('score'),
    operator: fc.constantFrom('greater_than', 'less_than'),
    value: fc.constantFrom(0, 5, 20),
  }),
  fc.record(
    {
      type: fc.constant('event'),
      event,
      operator: fc.constantFrom('occurred', 'not_occurred'),
      count: fc.constantFrom(1, 2),
      since: fc.oneof(fc.constantFrom('enrolled', 'ever'), fc.record({ node })),
      within: duration('1h', '2d'),
      filter,
    },
    { requiredKeys: ['type', 'event'] },
  ),
  fc.record({ type: fc.constant('step'), node }),
  fc.record({ type: fc.constant('time'), window }),
  fc.constantFrom(
    { field: 'contact.plan', operator: 'equals', value: 'pro' },
    { field: 'contact.email', operator: 'exists' },
    { field: 'variables.coupon', operator: 'is_empty' },
    { field: 'event.total', operator: 'greater_or_equal', value: 1 },
  ),
);

/** A group of conditions, at most two levels deep. */
export const group: fc.Arbitrary<object> = fc.oneof<fc.Arbitrary<object>[]>(
  fc.array(condition, { minLength: 1, maxLength: 2 }),
  fc.record({
    operator: fc.constantFrom('AND', 'OR', 'NOT'),
    conditions: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: condition },
        {
          weight: 1,
          arbitrary: fc.record({
            operator: fc.constantFrom('OR', 'NOT'),
            conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
          }),
        },
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
);

const since = fc.oneof(fc.constantFrom('last_send', 'enrolled', 'now'), fc.record({ node }));
const timeout = duration('30m', '6h', '2d');

const awaitingOne = (which: fc.Arbitrary<string>) =>
  fc.record({ event: which, timeout, since, filter }, { requiredKeys: ['event', 'timeout'] });

/** A wait for an event that no node records. */
export const awaitingOther = awaitingOne(fc.constantFrom(...UNRECORDED));

const awaiting = fc.oneof(
  awaitingOne(event),
  fc.record({
    events: fc.constantFrom(
      [{ event: 'cart.paid', port: 'paid' }, { event: 'email.opened' }],
      [{ event: 'lead.qualified', port: 'good' }],
    ),
    timeout,
    since,
  }),
);

/** Waits that take time whatever happens. */
export const pause = fc.oneof(
  fc.record({ for: duration('1m', '90m', '1d', 'P1DT2H') }),
  fc.record(
    { untilTime: fc.constantFrom('09:00', '23:30'), days: fc.constant(['monday', 'Friday']) },
    { requiredKeys: ['untilTime'] },
  ),
);

const wait = fc.oneof(
  pause,
  fc.record({ for: fc.constant('0s') }),
  fc.record(
    {
      until: fc.constantFrom(
        '2026-03-29',
        '2026-03-01T10:00',
        '{{ contact.due }}',
        '{{ event.due }}',
      ),
      offset: duration('-2h', '1d'),
      ifMissing: fc.constantFrom('error', 'continue', 'exit'),
    },
    { requiredKeys: ['until'] },
  ),
  fc.record({ untilCondition: group, maxWait: timeout }),
  fc.record({ window }),
);

const weight = fc.constantFrom(0, 1, 3);
const split = fc
  .record(
    {
      weights: fc.tuple(fc.constant(1), weight, weight),
      holdout: fc.constantFrom(0, 50, 100),
      assignment: fc.constantFrom('sticky', 'random'),
      experiment: fc.constantFrom('colour'),
    },
    { requiredKeys: ['weights'] },
  )
  .map(({ weights, ...rest }) => ({
    variants: weights.map((each, index) => ({ port: `v${index}`, weight: each })),
    ...rest,
  }));

const cases = fc.array(group, { minLength: 1, maxLength: 3 }).map((groups) => ({
  cases: groups.map((each, index) => ({ port: `case${index}`, condition: each })),
}));

const CONFIGS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  wait,
  wait_for_event: awaiting,
  condition: fc.record({ condition: group }),
  switch: cases,
  split,
  track_event: fc.record({
    event: fc.constantFrom(...RECORDED),
    properties: fc.constant({ total: 60 }),
  }),
  add_tag: fc.record({ tag }),
  remove_tag: fc.record({ tag }),
  send_notification: fc.constant({ channel: 'email', to: '{{ contact.email }}', text: 'Look' }),
};

export interface RandomNode {
  readonly type: string;
  readonly data: object;
}

/** A node of any type but forks and joins, which need others around them. */
export function randomNode(accepts: (type: string) => boolean): fc.Arbitrary<RandomNode> {
  const single = [...nodeTypes.values()].filter(
    ({ type, forks, joins }) => forks !== true && joins === undefined && accepts(type),
  );
  const kinds = single.map((kind) => {
    const { type, examples } = kind;
    const shown: fc.Arbitrary<unknown> = fc.constantFrom(...examples.map(({ data }) => data));
    const made = CONFIGS[type];
    const arbitrary = (made === undefined ? shown : fc.oneof(made, shown)).map((data) => ({
      type,
      data: data as object,
    }));
    // The more ports, the more often: each of them should be gone through.
    const ports = portsOf(kind, kind.config.parse(examples[0]?.data));
    return { weight: 1 + ports.length, arbitrary };
  });
  return fc.oneof(...kinds);
}
