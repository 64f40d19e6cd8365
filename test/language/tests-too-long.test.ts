import { DryRunTooLong } from '../../src/language/dry-run';
import { runTests } from '../../src/language/run-tests';
import { define } from '../support/define';

const once = { a: ['wait', { for: '1h' }] } as const;
const expectation = { contact: {}, expect: { status: 'completed' } };

test('the tests of a definition have a time together, and the one that is stopped is named', async () => {
  const tests = ['first', 'second'].map((name) => ({ name, ...expectation }));
  const definition = define({ nodes: once, tests });
  expect(await runTests(definition)).toHaveLength(2);
  const stopped = runTests(definition, { longest: 0 });
  await expect(stopped).rejects.toBeInstanceOf(DryRunTooLong);
  await expect(stopped).rejects.toThrow('The tests were stopped in "first", behind 0 others');
});

test('a test that visits too many nodes is named', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `n${index}`);
  const nodes = Object.fromEntries(ids.map((id) => [id, ['wait', { for: '1s' }] as const]));
  const edges = ids.map((id, index) => `${id} -> ${ids[(index + 1) % ids.length]}`);
  const tests = [{ name: 'round and round', ...expectation }];
  const definition = define({ nodes, edges, tests, settings: { visitLimit: 10_000 } });
  await expect(runTests(definition)).rejects.toThrow(/"round and round"/);
});
