import fc from 'fast-check';
import { jsonFault } from '../../src/http/json-fault';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test.each([
  ['{"email": "a"\n "name": 1}', 2, 2, '"," or "}"'],
  ['{"a": 1,\n  }', 2, 3, 'a name in double quotes'],
  ["{'a': 1}", 1, 2, 'a name in double quotes or "}"'],
  ['[1, 2', 1, 6, '"," or "]"'],
  ['[1, , 2]', 1, 5, 'a value'],
  ['{"a" 1}', 1, 6, '":"'],
  ['{"a": "line\nbreak"}', 1, 7, 'a value'],
  ['{"a": 1}}', 1, 9, 'the end'],
  ['{"a": 012}', 1, 8, '"," or "}"'],
  ['{"a": "\\x"}', 1, 7, 'a value'],
  ['nonsense', 1, 1, 'a value'],
  ['', 1, 1, 'a value'],
  ['[1}', 1, 3, '"," or "]"'],
])('%p is no JSON from line %d, column %d on', (text, line, column, expected) => {
  expect(jsonFault(text)).toEqual({ line, column, expected });
});

test('it finds a fault exactly where the parser of the host does', () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom('', ',', '}', ']', '"', '\\', '0', ' ', ':', '\n'),
      (json, where, put) => {
        const at = where % (json.length + 1);
        const text = json.slice(0, at) + put + json.slice(at + 1);
        expect([text, jsonFault(text) === null]).toEqual([text, isJson(text)]);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a long text and deep nesting are no trouble', () => {
  expect(jsonFault(`["${'\\n'.repeat(400_000)}${'x'.repeat(200_000)}", x]`)).toMatchObject({
    line: 1,
    column: 1_000_006,
  });
  expect(jsonFault('['.repeat(500_000))).toMatchObject({ column: 500_001 });
});
