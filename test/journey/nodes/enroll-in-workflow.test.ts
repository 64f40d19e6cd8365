import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

const target = { workflow: 'onboarding' };

it('is a call, after which the journey goes on', async () => {
  const { calls, sends, steps, endedAt } = await runNode('enroll_in_workflow', target);
  expect(calls).toEqual([
    { at: START, nodeId: 'it', type: 'enroll_in_workflow', target: 'onboarding' },
  ]);
  expect(sends).toEqual([]);
  expect(steps).toMatchObject([{ port: 'next', code: 'enrollment.enrolled' }]);
  expect(endedAt).toBe(START);
});

it('takes "blocked" with the reason where a mock says so', async () => {
  const { calls, steps } = await runNode('enroll_in_workflow', target, {
    mocks: { it: { output: { status: 'blocked' } } },
  });
  expect(calls).toEqual([]);
  expect(steps).toMatchObject([
    { port: 'blocked', code: 'enrollment.blocked.mocked', output: { reason: 'mocked' } },
  ]);
});

it.each([
  ['renders to nothing', '{{ contact.nothing }}', 'enrollment.bad_key'],
  ['is too long', `${'x'.repeat(190)}{{ contact.email }}`, 'enrollment.bad_key'],
])('fails for a key that %s', async (_how, key, code) => {
  const { error, calls } = await runNode('enroll_in_workflow', { ...target, key });
  expect(error?.code).toBe(code);
  expect(calls).toEqual([]);
});

it('fails for more variables than fit', async () => {
  const variables = { text: 'x'.repeat(100_000) };
  const { error } = await runNode('enroll_in_workflow', { ...target, variables });
  expect(error?.code).toBe('variable.too_large');
});

it.each([
  [{}, 'workflow'],
  [{ workflow: 'On Boarding' }, 'workflow: A key is'],
  [{ ...target, variables: { 'a b': 1 } }, 'variables.a b'],
  [{ ...target, key: '' }, 'key'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('enroll_in_workflow', data).join()).toContain(problem);
});
