import { parseStartOptions } from '../../src/dev/start-options';

test('the demo runs unless told otherwise, and the copy stays up', () => {
  expect(parseStartOptions([])).toEqual({ demo: true, exit: false });
  expect(parseStartOptions(['--no-demo'])).toEqual({ demo: false, exit: false });
  expect(parseStartOptions(['--exit'])).toEqual({ demo: true, exit: true });
});

test('an unknown argument is refused with what there is', () => {
  expect(() => parseStartOptions(['--nodemo'])).toThrow(/does not know --nodemo[\s\S]*--no-demo/);
});

test('help is no start', () => {
  expect(parseStartOptions(['--help'])).toBeNull();
});
