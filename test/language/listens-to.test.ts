import { CONTACT_EVENTS } from '../../src/journey/contact-events';
import { listensTo, triggerRows } from '../../src/language/listens-to';
import { define } from '../support/define';

type Sketch = Parameters<typeof define>[0];

const pause = ['wait', { for: '1h' }] as const;
const nodes = { pause };
const vip = { type: 'tag', operator: 'includes', value: 'vip' };
const paid = { type: 'event', event: 'cart.paid' };

const listening = (sketch: Partial<Sketch>) => listensTo(define({ nodes, ...sketch }));
const withContact = (...events: string[]) => [...events, ...CONTACT_EVENTS].toSorted();

test('an enrollment listens for what its waits and goals name, once each', () => {
  const events = listening({
    nodes: {
      open: ['wait_for_event', { event: 'email.opened', timeout: '1d' }],
      any: [
        'wait_for_event',
        {
          events: [
            { event: 'sms.received', port: 'sms' },
            { event: 'email.opened', port: 'mail' },
          ],
          timeout: '1d',
        },
      ],
    },
    goals: [
      { id: 'paid', event: 'cart.paid' },
      { id: 'again', event: 'email.opened' },
    ],
  });
  expect(events).toEqual(['cart.paid', 'email.opened', 'sms.received']);
});

test('what is judged on arrival only wakes nobody', () => {
  const asked = [{ type: 'event', event: 'never.listened' }, vip];
  const events = listening({
    nodes: {
      ask: ['condition', { condition: asked }],
      tag: ['add_tag', { tag: 'x' }, { executeIf: asked }],
    },
    edges: ['ask:true -> tag'],
    settings: { enrollment: { entryWhen: asked } },
  });
  expect(events).toEqual([]);
});

test('conditions of goals, exits and waits name events at any depth, and the contact', () => {
  const deep = { operator: 'NOT', conditions: [{ operator: 'OR', conditions: [vip, paid] }] };
  const all = withContact('cart.paid');
  expect(listening({ goals: [{ id: 'g', condition: [deep] }] })).toEqual(all);
  expect(listening({ settings: { exitWhen: deep } })).toEqual(all);
  const wait = ['wait', { untilCondition: deep, maxWait: '1d' }] as const;
  expect(listening({ nodes: { wait } })).toEqual(all);
});

test('a date of the contact that a wait speaks of wakes with every change of her; a fixed one does not', () => {
  const until = (text: string) => listening({ nodes: { w: ['wait', { until: text }] } });
  expect(until('{{ contact.trialEndsAt }}')).toEqual(withContact());
  expect(until('2026-03-27')).toEqual([]);
});

test('the condition of a goal by event speaks of that event, and of the contact only by name', () => {
  const goal = (...condition: object[]) =>
    listening({ goals: [{ id: 'g', event: 'cart.paid', condition }] });
  expect(goal({ field: 'event.total', operator: '>', value: 5 })).toEqual(['cart.paid']);
  expect(goal(vip)).toEqual(withContact('cart.paid'));
  expect(goal({ field: 'contact.plan', operator: 'exists' })).toEqual(withContact('cart.paid'));
});

test('each event trigger is a row with its filter in stored form', () => {
  const definition = define({
    nodes,
    triggers: [
      { type: 'manual' },
      { type: 'event', event: 'cart.abandoned', rateLimit: { max: 2, per: '1 day' } },
      { type: 'event', event: 'cart.left', filter: [{ field: 'total', operator: '>', value: 5 }] },
    ],
  });
  expect(triggerRows(definition)).toEqual([
    { eventType: 'cart.abandoned', filter: null, rateLimit: { max: 2, per: 86_400_000 } },
    {
      eventType: 'cart.left',
      filter: {
        operator: 'AND',
        conditions: [{ field: 'total', operator: 'greater_than', value: 5 }],
      },
      rateLimit: null,
    },
  ]);
});
