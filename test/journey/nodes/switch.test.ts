import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

const plan = (value: string) => [{ field: 'contact.plan', operator: 'equals', value }];
const cases = [
  { port: 'pro', condition: plan('pro') },
  { port: 'vip', condition: [{ type: 'tag', operator: 'includes', value: 'vip' }] },
  { port: 'team', condition: plan('team') },
];
const taken = async (contact: Partial<typeof ada>) => {
  const { steps } = await runNode('switch', { cases }, { contact: { ...ada, ...contact } });
  return steps[0];
};

it('takes the first case that holds', async () => {
  expect(await taken({ attributes: { plan: 'team' } })).toMatchObject({ port: 'team' });
  expect(await taken({ attributes: { plan: 'team' }, tags: ['vip'] })).toMatchObject({
    port: 'vip',
    code: 'switch.matched',
    reason: 'has the tag "vip"',
  });
});

it('takes default when none holds, and says why', async () => {
  expect(await taken({ attributes: { plan: 'free' } })).toMatchObject({
    port: 'default',
    code: 'switch.default',
    reason: 'contact.plan "free" is not "pro"; has no tag "vip"; contact.plan "free" is not "team"',
  });
});

it.each([
  [{ cases: [] }, 'cases'],
  [{}, 'cases'],
  [
    { cases: [cases[0], cases[0]] },
    'An earlier case has the port "pro" too. Give each case a port of its own.',
  ],
  [{ cases: [{ port: 'default', condition: [] }] }, 'This name is a port of its own.'],
  [{ cases: [{ port: 'error', condition: [] }] }, 'This name is a port of its own.'],
  [{ cases: [{ port: 'a b', condition: [] }] }, 'cases.0.port'],
  [{ cases: [{ port: 'a' }] }, 'cases.0.condition'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('switch', data).join()).toContain(problem);
});
