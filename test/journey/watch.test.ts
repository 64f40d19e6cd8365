import { hours, pathOf, walk } from '../support/walk';

const READY = [{ field: 'variables.ready', operator: 'equals', value: true }];
const set = ['set_variable', { name: 'ready', value: true }] as const;
const nodes = { short: ['wait', { for: '1h' }], set, long: ['wait', { for: '30d' }] } as const;

it('reaches a goal at the moment a variable makes its condition true', async () => {
  const result = await walk({ nodes, goals: [{ id: 'ready', condition: READY }] });
  expect(result).toMatchObject({ status: 'goal_reached', goalId: 'ready', endedAt: hours(1) });
  expect(pathOf(result)).toEqual(['short:next@1', 'set:next@1', 'long!@1']);
});

it('leaves at the moment a variable makes exitWhen true', async () => {
  const result = await walk({ nodes, settings: { exitWhen: READY } });
  expect(result).toMatchObject({ status: 'exited', reason: 'exit.condition', endedAt: hours(1) });
});

it('reroutes at the moment a step makes the condition of a goal true', async () => {
  const result = await walk({
    nodes: { ...nodes, thanks: ['add_tag', { tag: 'thanked' }] },
    edges: ['short -> set', 'set -> long', 'long -> thanks'],
    goals: [
      {
        id: 'set',
        condition: [{ type: 'step', node: 'set' }],
        onAchieved: { goTo: 'thanks' },
      },
    ],
  });
  expect(pathOf(result)).toEqual(['short:next@1', 'set:next@1', 'long!@1', 'thanks:next@1']);
  expect(result).toMatchObject({ status: 'completed', goalId: 'set' });
});

it('names the goal that ended the journey when one event reaches two, and two look at once', async () => {
  const sketch = {
    nodes: { short: ['wait', { for: '1h' }], long: ['wait', { for: '30d' }] },
    goals: [
      { id: 'out', event: 'cart.paid', onAchieved: 'exit' },
      { id: 'on', event: 'cart.paid', onAchieved: { goTo: 'long' } },
    ],
  } as const;
  const result = await walk(sketch, {
    script: [{ at: hours(1), event: { type: 'cart.paid' } }],
  });
  expect(result).toMatchObject({ status: 'goal_reached', goalId: 'out', endedAt: hours(1) });
});
