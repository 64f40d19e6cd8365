import { conditionGroup } from '../../src/journey/condition';
import { createEvaluators } from '../../src/evaluate/evaluators';
import type { Json, JsonObject } from '../../src/journey/json';
import { ADA, AT, event, factsOf, judged } from './facts';

const HOUR = 3_600_000;
const yes = { type: 'tag', operator: 'includes', value: 'vip' };
const no = { type: 'tag', operator: 'includes', value: 'absent' };
const vip = { contact: { tags: ['vip'] } };

test.each([
  ['AND', [yes, yes], true],
  ['AND', [yes, no], false],
  ['OR', [no, yes], true],
  ['OR', [no, no], false],
  ['NOT', [no, no], true],
  ['NOT', [no, yes], false],
  ['AND', [], true],
  ['OR', [], false],
  ['NOT', [], true],
  ['AND', [{ operator: 'NOT', conditions: [{ operator: 'OR', conditions: [no, yes] }] }], false],
])('%s of %j is %j', async (operator, conditions, expected) => {
  expect((await judged({ operator, conditions }, vip)).value).toBe(expected);
});

test('an explanation stays short, however many conditions led to the answer', async () => {
  const ten = (entry: object) => ({
    operator: 'OR',
    conditions: Array.from({ length: 10 }, () => entry),
  });
  const { reason } = await judged(ten(ten(ten(no))), vip);
  expect(reason).toMatch(/^has no tag "absent"; .* more$/);
  expect(reason.length).toBeLessThan(1_100);
  const long = { type: 'tag', operator: 'in', value: Array(2_000).fill('another') };
  const explained = (await judged(ten(long), vip)).reason;
  expect(explained).toMatch(/…; and 9 more$/);
  expect(explained.length).toBeLessThan(1_100);
});

describe('paths', () => {
  const given = {
    contact: {
      attributes: {
        plan: 'pro',
        address: { city: 'Bonn' },
        'a.b': 1,
        email: 'other',
      } as JsonObject,
      tags: ['x'],
    },
    variables: { min: 3, list: ['a'] },
    workspace: { timeZone: 'Europe/Berlin', variables: { sale: { open: true } } },
    trigger: event('cart.abandoned', AT - HOUR, {
      total: 40,
      type: 'gift',
      nested: { deep: true },
    }),
  };
  test.each<[string, Json]>([
    ['contact.email', 'ada@example.com'],
    ['email', 'ada@example.com'],
    ['contact.attributes.plan', 'pro'],
    ['contact.plan', 'pro'],
    ['address.city', 'Bonn'],
    ['a.b', 1],
    ['variables.min', 3],
    ['event.total', 40],
    ['event.properties.total', 40],
    ['event.type', 'cart.abandoned'],
    ['event.properties.type', 'gift'],
    ['event.occurredAt', '2026-03-27T11:00:00Z'],
    ['enrollment.version', 3],
    ['enrollment.workflowKey', 'cart'],
    ['workspace.sale', { open: true }],
    ['workspace.sale.open', true],
    ['workspace.variables.sale.open', true],
    ['workspace.timeZone', 'Europe/Berlin'],
  ])('%s is %j', async (field, value) => {
    expect(await judged([{ field, operator: 'equals', value }], given)).toMatchObject({
      value: true,
    });
  });

  test.each([
    '__proto__',
    'constructor',
    'contact.constructor.name',
    'contact.tags.length',
    'email.length',
    'variables.__proto__',
    'event.toString',
    'contact.attributes.hasOwnProperty',
    'variables',
  ])('%s names nothing', async (field) => {
    expect(await judged([{ field, operator: 'not_exists' }], given)).toMatchObject({ value: true });
  });

  test('an operand may be a template that keeps its type', async () => {
    expect(
      (
        await judged(
          [
            {
              field: 'event.total',
              operator: 'greater_than',
              value: '{{ variables.min | times: 10 }}',
            },
          ],
          given,
        )
      ).value,
    ).toBe(true);
    expect(
      (
        await judged(
          [{ field: 'variables.x', operator: 'not_in', value: '{{ variables.list }}' }],
          given,
        )
      ).value,
    ).toBe(true);
  });

  test('a template that cannot be rendered is false, with a reason, and its negation true', async () => {
    const ask = (operator: string) =>
      judged([{ field: 'plan', operator, value: '{{ x | nonsense }}' }], given);
    expect(await ask('equals')).toMatchObject({
      value: false,
      reason: expect.stringContaining('nonsense'),
    });
    expect(await ask('not_equals')).toMatchObject({ value: true });
  });
});

test('tags are asked for by name, by list, by text and by absence', async () => {
  const ask = async (operator: string, value?: Json) =>
    (
      await judged([{ type: 'tag', operator, ...(value === undefined ? {} : { value }) }], {
        contact: { tags: ['vip', 'plan-pro'] },
      })
    ).value;
  expect(await ask('equals', 'vip')).toBe(true);
  expect(await ask('in', ['a', 'vip'])).toBe(true);
  expect(await ask('not_in', ['a', 'b'])).toBe(true);
  expect(await ask('not_contains', 'vip')).toBe(false);
  expect(await ask('starts_with', 'plan-')).toBe(true);
  expect(await ask('exists')).toBe(true);
  expect(await ask('is_empty')).toBe(false);
});

test('a segment condition asks for lists and segments alike', async () => {
  const contact = { lists: ['newsletter'], segments: ['buyers'] };
  const ask = (operator: string, value?: Json) =>
    judged([{ type: 'segment', operator, ...(value === undefined ? {} : { value }) }], { contact });
  expect(await ask('in', 'buyers')).toEqual({ value: true, reason: 'has the segment "buyers"' });
  expect(await ask('equals', 'newsletter')).toMatchObject({ value: true });
  expect(await ask('in', ['lookers', 'newsletter'])).toMatchObject({ value: true });
  expect(await ask('in', 'lookers')).toEqual({ value: false, reason: 'has no segment "lookers"' });
  expect(await ask('not_in', ['lookers', 'buyers'])).toMatchObject({ value: false });
  expect(await ask('exists')).toMatchObject({ value: true });
});

describe('events', () => {
  const opened = (hoursAgo: number, properties: JsonObject = {}) =>
    event('email.opened', AT - hoursAgo * HOUR, properties);
  const ask = (condition: object, events: ReturnType<typeof opened>[], more = {}) =>
    judged([{ type: 'event', event: 'email.opened', ...condition }], { events, ...more });

  test('count from the enrollment, both ends included', async () => {
    expect((await ask({}, [opened(1)])).value).toBe(true);
    expect((await ask({}, [opened(1.001)])).value).toBe(false);
    expect((await ask({}, [opened(0)])).value).toBe(true);
    expect((await ask({ since: 'ever' }, [opened(100)])).value).toBe(true);
    expect((await ask({ operator: 'not_occurred' }, [opened(2)])).value).toBe(true);
  });

  test('without the triggering event, unless ever is asked for', async () => {
    const trigger = opened(1);
    expect((await ask({}, [trigger], { trigger })).value).toBe(false);
    expect((await ask({ since: 'ever' }, [trigger], { trigger })).value).toBe(true);
  });

  test('since a node counts from its visit, and a node not visited makes both answers certain', async () => {
    const visits = new Map([['send', AT - HOUR / 2]]);
    const events = [opened(0.75)];
    expect((await ask({ since: { node: 'send' } }, events, { visits })).value).toBe(false);
    expect((await ask({ since: { node: 'send' } }, [opened(0.25)], { visits })).value).toBe(true);
    expect(await ask({ since: { node: 'other' } }, events)).toMatchObject({
      value: false,
      reason: 'email.opened cannot count: node other was not visited',
    });
    expect(await ask({ since: { node: 'other' }, operator: 'not_occurred' }, events)).toMatchObject(
      { value: true },
    );
  });

  test('a number of times is at least that number, of those the filter accepts', async () => {
    const events = [
      opened(0.5, { link: 'a' }),
      opened(0.4, { link: 'b' }),
      opened(0.3, { link: 'a' }),
    ];
    const filter = [{ field: 'event.link', operator: 'equals', value: 'a' }];
    expect(await ask({ count: 2, filter }, events)).toMatchObject({ value: true });
    expect(await ask({ count: 3, filter }, events)).toEqual({
      value: false,
      reason: 'email.opened happened 2 times since the enrollment, 3 are asked for',
    });
  });

  test('within a stretch of time, the answer changes when the deciding event leaves it', async () => {
    const events = [opened(40), opened(30), opened(10)];
    const ever = { since: 'ever', within: '2 days' };
    expect(await ask({ ...ever, count: 2 }, events)).toMatchObject({
      value: true,
      changesAt: AT + 18 * HOUR + 1,
    });
    expect(await ask({ ...ever, count: 3 }, events)).toMatchObject({
      value: true,
      changesAt: AT + 8 * HOUR + 1,
    });
    expect(await ask({ ...ever, count: 4 }, events)).not.toHaveProperty('changesAt');
    expect((await ask({ ...ever, count: 3 }, events, { at: AT + 8 * HOUR })).value).toBe(true);
    expect((await ask({ ...ever, count: 3 }, events, { at: AT + 8 * HOUR + 1 })).value).toBe(false);
  });

  test('more events than one page are all looked at', async () => {
    const many = Array.from({ length: 450 }, (_, index) => opened(0.5, { index }));
    expect((await ask({ count: 450 }, many)).value).toBe(true);
    expect(
      (await ask({ filter: [{ field: 'index', operator: 'equals', value: 449 }] }, many)).value,
    ).toBe(true);
  });
});

test('a step is true once it was visited, and with a port when its latest visit took it', async () => {
  const visits = new Map([
    ['a', { startedAt: AT, port: 'true' }],
    ['now', { startedAt: AT, port: null }],
  ]);
  const ask = (node: string, port?: string) =>
    judged([{ type: 'step', node, ...(port === undefined ? {} : { port }) }], { visits });
  expect(await ask('a')).toEqual({ value: true, reason: 'node a was visited' });
  expect(await ask('b')).toEqual({ value: false, reason: 'node b was not visited' });
  expect(await ask('a', 'true')).toMatchObject({ value: true });
  expect(await ask('a', 'false')).toEqual({ value: false, reason: 'node a took the port true' });
  expect(await ask('now', 'true')).toEqual({ value: false, reason: 'node now took no port yet' });
});

describe('a filter', () => {
  const paid = event('cart.paid', AT, { total: 40, email: 'buyer@example.com' });
  const ask = (group: unknown) =>
    createEvaluators().filter(conditionGroup.parse(group), paid, {
      at: AT,
      contact: { ...ADA, tags: ['vip'], attributes: { plan: 'pro' } },
    });

  test('sees the event under test, and a bare path is its property first', () => {
    expect(ask([{ field: 'event.total', operator: '>=', value: 40 }]).value).toBe(true);
    expect(ask([{ field: 'total', operator: 'equals', value: 40 }]).value).toBe(true);
    expect(ask([{ field: 'email', operator: 'equals', value: 'buyer@example.com' }]).value).toBe(
      true,
    );
    expect(
      ask([{ field: 'contact.email', operator: 'equals', value: 'ada@example.com' }]).value,
    ).toBe(true);
    expect(ask([{ field: 'plan', operator: 'equals', value: 'pro' }, yes]).value).toBe(true);
  });

  test('cannot ask for the past', () => {
    expect(ask([{ type: 'event', event: 'x' }])).toEqual({
      value: false,
      reason: 'a filter cannot ask for a event',
    });
  });
});

test('the answer does not depend on the clock of the host', async () => {
  const spy = jest.spyOn(Date, 'now').mockReturnValue(0);
  const verdict = await judged([{ field: 'x', operator: 'newer_than', value: '1h' }], {
    contact: { attributes: { x: '2026-03-27T11:30:00Z' } },
  });
  spy.mockRestore();
  expect(verdict.value).toBe(true);
});

test('facts stay as they are', async () => {
  const facts = factsOf({ contact: { attributes: { a: { b: [1] } } } });
  const before = JSON.stringify(facts);
  await createEvaluators().value('{% assign a = contact.a %}{{ a.b | push: 2 }}', facts);
  expect(JSON.stringify(facts)).toBe(before);
});
