import { z } from 'zod';
import { issuesOf } from '../../src/language/zod-issues';

/** The first message about a value that the schema refuses. */
function refusal(schema: z.ZodType, input: unknown): string {
  const { error } = schema.safeParse(input);
  if (error === undefined) throw new Error('The schema accepts it.');
  return issuesOf(error, { domain: 'request', schema, input })[0]?.message ?? '';
}

test.each<[z.ZodType, unknown, string]>([
  [z.array(z.int()).min(1), [], 'Expected at least one entry, got none.'],
  [z.array(z.int()).min(3), [1], 'Expected at least 3 entries, got one entry.'],
  [z.array(z.int()).max(2), [1, 2, 3], 'Expected at most 2 entries, got 3 entries.'],
  [z.string().min(1), '', 'This cannot be empty.'],
  [z.string().min(2), 'x', 'Expected at least 2 characters, got one character.'],
  [z.string().max(3), 'abcd', 'Expected at most 3 characters, got 4 characters.'],
  [z.string().length(2), 'abcd', 'Expected at most 2 characters, got 4 characters.'],
  [z.number().min(0), -1, 'Expected a number of at least 0, got -1.'],
  [z.number().positive(), 0, 'Expected a number above 0, got 0.'],
  [z.int().max(5), 6, 'Expected a number of at most 5, got 6.'],
  [z.number().lt(5), 5, 'Expected a number below 5, got 5.'],
  [z.number().multipleOf(5), 6, 'Expected a multiple of 5.'],
  [z.email(), 'x', 'Expected an e-mail address.'],
  [z.uuid(), 'x', 'Expected a UUID.'],
  [z.iso.datetime(), 'x', 'Expected an instant with its zone, such as "2026-03-27T08:00:00Z".'],
  [z.string().regex(/^(x|y)+$/), 'z', 'Expected a text of another form.'],
  [
    z.record(z.string().max(1), z.int()),
    { long: 1 },
    'This name is not allowed. Expected at most one character, got 4 characters.',
  ],
  [z.string().refine((text) => text === 'x'), 'y', 'This value is not allowed here.'],
])('%# is refused in words of ours', (schema, input, message) => {
  expect(refusal(schema, input)).toBe(message);
});

test.each<[z.ZodType, unknown]>([
  [z.array(z.int()).min(1, 'Name at least one.'), []],
  [z.string().max(3, { error: 'Name at least one.' }), 'abcd'],
  [z.number().refine(() => false, 'Name at least one.'), 1],
  [z.email({ error: 'Name at least one.' }), 'x'],
])('%# keeps the message that its schema brings', (schema, input) => {
  expect(refusal(schema, input)).toBe('Name at least one.');
});
