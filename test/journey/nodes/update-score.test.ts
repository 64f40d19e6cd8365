import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

const contact = { ...ada, score: 40, attributes: { points: '2.5' } };

it.each([
  [{ by: 2 }, 42],
  [{ by: -50 }, -10],
  [{ to: 0 }, 0],
  [{ to: '7' }, 7],
  [{ by: '{{ contact.points }}' }, 42.5],
])('with %j the score becomes %d', async (data, after) => {
  const result = await runNode('update_score', data, { contact });
  expect(result.contact.score).toBe(after);
  expect(result.steps).toMatchObject([
    { port: 'next', output: { before: 40, after }, reason: `score 40 becomes ${after}` },
  ]);
});

it('fails with what is no number, and changes nothing', async () => {
  const result = await runNode('update_score', { by: '{{ contact.email }}' }, { contact });
  expect(result.error).toEqual({
    code: 'score.not_a_number',
    node: 'it',
    message: '"by" is "ada@example.com"; a number is needed.',
  });
  expect(result.contact.score).toBe(40);
});

it.each([[{}], [{ by: 1, to: 2 }], [{ by: 'many' }], [{ to: null }]])('refuses %j', (data) => {
  expect(problemsOf('update_score', data)).not.toEqual([]);
});
