import { dryRun } from '../../src/language/dry-run';
import { runTests } from '../../src/language/run-tests';
import { define } from '../support/define';

const START = '2026-03-27T08:00:00Z';

const cart = {
  nodes: {
    'wait-1h': ['wait', { for: '1h' }],
    remind: ['send_email', { subject: 'Hi {{ first_name }}', text: 'Your cart' }],
    'wait-open': ['wait_for_event', { event: 'email.opened', timeout: '1 day' }],
    'wait-3d': ['wait', { for: '3 days' }],
  },
  edges: ['wait-1h -> remind', 'remind -> wait-open', 'wait-open:received -> wait-3d'],
  goals: [{ id: 'paid', event: 'payment.successful' }],
} as const;

const ada = { email: 'ada@example.com', firstName: 'Ada', timeZone: 'Europe/Berlin' };

const opensAndPays = {
  name: 'opens and pays',
  contact: ada,
  startAt: START,
  events: [
    { after: '70m', type: 'email.opened' },
    { after: '3h', type: 'payment.successful', properties: { total: 40 } },
  ],
};

async function outcome(expect: object, test: object = opensAndPays) {
  const [result] = await runTests(define({ ...cart, tests: [{ ...test, expect }] }));
  return result?.differences.map(({ field, message }) => `${field}: ${message}`) ?? null;
}

describe('a test inside a definition', () => {
  it('passes when everything came as expected', async () => {
    const expected = {
      status: 'goal_reached',
      goalId: 'paid',
      path: ['wait-1h', 'remind', 'wait-open', 'wait-3d'],
      sends: [{ nodeId: 'remind', after: '1h', to: 'ada@example.com', subject: 'Hi Ada' }],
      endedAfter: '3h',
      contact: { firstName: 'Ada' },
    };
    expect(await outcome(expected)).toEqual([]);
  });

  it('changes what she answered by channel, and compares it so', async () => {
    const test = {
      name: 'says no on the way',
      contact: { ...ada, consent: { sms: false, push: false } },
      events: [{ after: '1m', contact: { consent: { email: false, push: null } } }],
    };
    const expected = { sends: [], contact: { consent: { sms: false, email: false, push: null } } };
    expect(await outcome(expected, test)).toEqual([]);
    expect(await outcome({ contact: { consent: { email: true, sms: null } } }, test)).toEqual([
      'contact.consent.email: expected true, got false',
      'contact.consent.sms: expected null, got false',
    ]);
  });

  it('compares the entry, which does not stop the run', async () => {
    const filter = [{ field: 'event.total', operator: 'greater_than', value: 100 }];
    const settings = { enrollment: { entryWhen: [{ field: 'plan', operator: 'exists' }] } };
    const triggers = [{ event: 'order.placed', filter }];
    const came = async (entry: object, type: string, total: number, contact: object) => {
      const test = { name: 'comes', contact, trigger: { type, properties: { total } } };
      const tests = [{ ...test, expect: { entry } }];
      const [result] = await runTests(define({ ...cart, triggers, settings, tests }));
      expect(result?.report.status).toBe('completed');
      return result?.differences.map(({ field, message }) => `${field}: ${message}`);
    };
    const pro = { ...ada, attributes: { plan: 'pro' } };
    const out = { allowed: false };
    expect(await came({ allowed: true }, 'order.placed', 200, pro)).toEqual([]);
    expect(await came(out, 'order.placed', 200, pro)).toEqual([
      'entry.allowed: expected false, got true',
    ]);
    expect(await came(out, 'order.placed', 20, pro)).toEqual([]);
    expect(await came({ ...out, reason: 'no_trigger' }, 'order.plced', 200, pro)).toEqual([]);
    expect(await came({ ...out, reason: 'trigger_filter' }, 'order.placed', 20, pro)).toEqual([]);
    expect(await came({ ...out, reason: 'entry_condition' }, 'order.placed', 200, ada)).toEqual([]);
    expect(await came({ ...out, reason: 'trigger_filter' }, 'order.placed', 200, ada)).toEqual([
      expect.stringMatching(
        /^entry\.reason: expected "trigger_filter", got "entry_condition" \(entry_condition: plan /,
      ),
    ]);
    expect(await came({ allowed: true }, 'order.plced', 200, pro)).toEqual([
      'entry.allowed: expected true, got false (no_trigger: nothing is triggered by order.plced)',
    ]);
  });

  it.each([
    [{ status: 'completed' }, 'status: expected "completed", got "goal_reached"'],
    [
      { path: ['wait-1h', 'remind', 'wait-3d'] },
      'path: behind "remind": expected wait-3d; got wait-open, wait-3d',
    ],
    [{ sends: [] }, 'sends: expected none; got remind'],
    [
      { sends: [{ nodeId: 'remind', after: '2h' }] },
      'sends[0].after: expected 2026-03-27T10:00:00.000Z (after 2h), got 2026-03-27T09:00:00.000Z (after 1h)',
    ],
    [{ contact: { tags: ['buyer'] } }, 'contact.tags: expected ["buyer"], got []'],
  ])('says in words what came instead of %j', async (expected, said) => {
    expect(await outcome(expected)).toEqual([said]);
  });
});

describe('a dry run', () => {
  const run = (request: object) =>
    dryRun(define(cart), { contact: ada, startAt: START, ...request }, { now: 0 });

  it('tells every step with its time and reason', async () => {
    const { steps, status, endedAt } = await run({ events: [] });
    expect(status).toBe('completed');
    expect(endedAt).toBe('2026-03-28T09:00:00.000Z');
    expect(steps.map(({ nodeId, at, port, reason }) => [nodeId, at, port, reason])).toEqual([
      ['wait-1h', '2026-03-27T08:00:00.000Z', 'next', 'wait.elapsed'],
      ['remind', '2026-03-27T09:00:00.000Z', 'next', 'send.sent'],
      ['wait-open', '2026-03-27T09:00:00.000Z', 'timed_out', 'wait.timed_out'],
    ]);
  });

  it('stops before the node it is told, and shows the world as it is then', async () => {
    const { status, steps } = await run({ stopAt: 'wait-open' });
    expect(status).toBe('waiting');
    expect(steps.at(-1)).toMatchObject({ nodeId: 'wait-open', status: 'waiting' });
  });

  it('fails a mocked node after the pauses of its retries', async () => {
    const mocks = { remind: { error: { code: 'provider_down', message: 'no answer' } } };
    const { status, error, endedAt } = await run({ mocks });
    expect(status).toBe('failed');
    expect(error).toEqual({ code: 'provider_down', nodeId: 'remind', message: 'no answer' });
    // Mail is tried for three days.
    expect(endedAt && Date.parse(endedAt)).toBeGreaterThan(Date.parse('2026-03-30T09:00:00Z'));
  });

  it('writes to nobody who said no', async () => {
    const { sends, steps } = await run({ contact: { ...ada, consent: { email: false } } });
    expect(sends).toEqual([]);
    expect(steps[1]).toMatchObject({ port: 'not_sent', reason: 'send.blocked.unsubscribed' });
  });

  it.each([
    ['another event', { type: 'cart.seen' }, 'no_trigger: nothing is triggered by cart.seen'],
    [
      'an event that the filter refuses',
      { type: 'cart.left', properties: { total: 5 } },
      'trigger_filter: event.total 5 is not greater_than 10',
    ],
  ])('reports that %s lets nobody in, and runs on', async (_, trigger, reason) => {
    const definition = define({
      ...cart,
      triggers: [
        {
          type: 'event',
          event: 'cart.left',
          filter: [{ field: 'event.total', operator: 'greater_than', value: 10 }],
        },
      ],
    });
    const report = await dryRun(definition, { contact: ada, trigger }, { now: 0 });
    expect(report).toMatchObject({ status: 'completed', entry: { allowed: false, reason } });
  });

  it('lets nobody in against the entry condition', async () => {
    const settings = {
      enrollment: { entryWhen: [{ type: 'tag', operator: 'includes', value: 'vip' }] },
    };
    const report = await dryRun(define({ ...cart, settings }), { contact: ada }, { now: 0 });
    expect(report.entry).toEqual({ allowed: false, reason: 'entry_condition: has no tag "vip"' });
  });
});
