import { indexGraph } from '../../../src/journey/graph';
import { simulate } from '../../../src/journey/simulate';
import { define } from '../../support/define';
import { problemsOf, runNode } from '../../support/node';
import { ada, simulation, START } from '../../support/simulator';

it('records an event whose properties are rendered', async () => {
  const contact = { ...ada, score: 42 };
  const properties = { score: '{{ contact.score }}', plan: 'pro' };
  const { steps } = await runNode(
    'track_event',
    { event: 'lead.qualified', properties },
    { contact },
  );
  expect(steps).toMatchObject([
    { port: 'next', output: { event: 'lead.qualified', properties: { score: 42, plan: 'pro' } } },
  ]);
});

it('is seen by conditions and waits behind it, and by goals', async () => {
  const condition = [
    {
      type: 'event',
      event: 'lead.qualified',
      filter: [{ field: 'event.score', operator: '>', value: 40 }],
    },
  ];
  const definition = define({
    nodes: {
      track: ['track_event', { event: 'lead.qualified', properties: { score: 42 } }],
      ask: ['condition', { condition }],
      wait: ['wait_for_event', { event: 'lead.qualified', timeout: '1d', since: 'enrolled' }],
      pause: ['wait', { for: '1d' }],
    },
    edges: ['track -> ask', 'ask:true -> wait', 'wait:received -> pause'],
    goals: [{ id: 'lead', event: 'lead.qualified', onAchieved: 'continue' }],
  });
  const result = await simulate(indexGraph(definition), simulation({}));
  expect(result.steps.map(({ port, endedAt }) => [port, endedAt])).toEqual([
    ['next', START],
    ['true', START],
    ['received', START],
    ['next', START + 86_400_000],
  ]);
  expect(result).toMatchObject({ status: 'completed', goalId: 'lead' });
});

it('wakes a wait of another branch', async () => {
  const definition = define({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b'] }],
      hear: ['wait_for_event', { event: 'lead.qualified', timeout: '1d', since: 'now' }],
      pause: ['wait', { for: '1h' }],
      track: ['track_event', { event: 'lead.qualified' }],
    },
    edges: ['fork:a -> hear', 'fork:b -> pause', 'pause -> track'],
  });
  const { steps } = await simulate(indexGraph(definition), simulation({}));
  const heard = steps.find(({ nodeId }) => nodeId === 'hear');
  expect(heard).toMatchObject({ port: 'received', endedAt: START + 3_600_000 });
});

it.each([[{}], [{ event: 'no good name' }], [{ event: 'a.b', properties: [] }]])(
  'refuses %j',
  (data) => {
    expect(problemsOf('track_event', data)).not.toEqual([]);
  },
);
