import { problemsOf, runNode } from '../../support/node';
import { ada, START } from '../../support/simulator';

const ask = (condition: object) => ({ condition: [condition] });

it.each([
  [{ type: 'tag', operator: 'includes', value: 'vip' }, 'true'],
  [{ type: 'tag', operator: 'includes', value: 'guest' }, 'false'],
  [{ field: 'contact.firstName', operator: 'equals', value: 'Ada' }, 'true'],
  [{ field: 'plan', operator: 'equals', value: 'pro' }, 'true'],
  [{ field: 'contact.missing', operator: 'equals', value: 'x' }, 'false'],
])('answers %j with %s', async (condition, port) => {
  const contact = { ...ada, tags: ['vip'], attributes: { plan: 'pro' } };
  const { steps } = await runNode('condition', ask(condition), { contact });
  expect(steps).toMatchObject([{ port, at: START, endedAt: START }]);
});

it('counts events from the enrollment on, and all of them when asked', async () => {
  const script = [{ at: START - 1, event: { type: 'cart.paid' } }];
  const since = (value: string) => ask({ type: 'event', event: 'cart.paid', since: value });
  const enrolled = await runNode('condition', since('enrolled'), { script });
  const ever = await runNode('condition', since('ever'), { script });
  expect([enrolled, ever].map(({ steps }) => steps[0]?.port)).toEqual(['false', 'true']);
});

it('explains its answer', async () => {
  const { steps } = await runNode(
    'condition',
    ask({ type: 'score', operator: 'greater_than', value: 50 }),
    { contact: { ...ada, score: 42 } },
  );
  expect(steps[0]?.reason).toContain('score 42 is not greater_than 50');
});

it('refuses an unknown operator', () => {
  const config = ask({ field: 'email', operator: 'resembles', value: 'x' });
  expect(problemsOf('condition', config)).not.toEqual([]);
});
