import fc from 'fast-check';
import type { GivenPerson } from '../../src/db/job-people';
import { AppError } from '../../src/errors';
import { columnsOf } from '../../src/http/csv/columns';
import { MOST_ROWS, readCsv } from '../../src/http/csv/read-csv';

const inputOf = (person: GivenPerson | undefined) =>
  person !== undefined && 'input' in person ? person.input : undefined;

async function problemOf(text: string): Promise<AppError> {
  const error: unknown = await readCsv(text).catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error('The file was read.');
}

test('a row becomes a contact, her attributes, and variables', async () => {
  const { people, refused } = await readCsv(
    '\uFEFFexternalId,E-mail,first_name,Last name,timeZone,score,tags,plan,attributes.city,variables.code\r\n' +
      'c-1, ada@example.com ,Ada,,Europe/Lisbon,-2.5,vip; new ;,0042,Porto,true\r\n',
  );
  expect(refused).toEqual([]);
  expect(people).toEqual([
    {
      position: 2,
      input: {
        contact: {
          ...{ externalId: 'c-1', email: 'ada@example.com', firstName: 'Ada' },
          ...{ timeZone: 'Europe/Lisbon', score: -2.5, tags: ['vip', 'new'] },
          attributes: { plan: '0042', city: 'Porto' },
        },
        variables: { code: 'true' },
      },
    },
  ]);
});

test('each row that is wrong is told with its line, and the others are read', async () => {
  const { people, refused } = await readCsv(
    [
      'email,score,note',
      'ada@example.com,1,"two',
      'lines"',
      '',
      'nobody,2,',
      'bo@example.com,many,',
      ',3,',
      'cy@example.com,4',
      'ADA@example.com,5,',
      'dee@example.com,6,a "stray" mark',
    ].join('\n'),
  );
  expect(people.map((each) => [each.position, inputOf(each)?.contact.email])).toEqual([
    [2, 'ada@example.com'],
    [10, 'dee@example.com'],
  ]);
  expect(inputOf(people[0])?.contact.attributes).toEqual({ note: 'two\nlines' });
  expect(inputOf(people[1])?.contact.attributes).toEqual({ note: 'a "stray" mark' });
  const told = refused.map(({ position, reason, detail }) => [position, reason, detail]);
  expect(told).toEqual([
    [5, 'row.invalid', 'email: Expected an e-mail address.'],
    [6, 'row.invalid', expect.stringMatching(/^score: /)],
    [7, 'row.invalid', 'Name the contact by "id", "externalId" or "email".'],
    [8, 'row.invalid', 'The row has 2 cells, the first row 3.'],
    [9, 'row.duplicate', 'The same person as in line 2.'],
  ]);
});

test('no detail quotes what a cell holds', async () => {
  const { refused } = await readCsv(
    'email,score,timeZone\nsecret,secret,secret\nsecret\0@x.de,1,a\n',
  );
  expect(refused).toHaveLength(2);
  expect(JSON.stringify(refused)).not.toContain('secret');
});

test.each([
  ['', /is empty/],
  ['\n \n', /is empty/],
  ['email\n', /no row/],
  ['plan,score\na,1\n', /"externalId", "email" or "id"/],
  ['email,Email\na@example.com,b@example.com\n', /Columns 1 and 2 are both/],
  ['email,\na@example.com,b\n', /Column 2 has no name/],
  ['email,consent.email\na@example.com,true\n', /consent is not taken/],
  ['email,__proto__\na@example.com,1\n', /never accepted/],
  ['email,note\nada@example.com,"open\nbo@example.com,b\n', /none closes it/],
])('a file that means nobody is refused as a whole: %j', async (text, sentence) => {
  const problem = await problemOf(text);
  expect(problem.code).toBe('request.invalid');
  expect(problem.detail).toMatch(sentence);
  expect(problem.issues?.[0]).toMatchObject({ path: 'csv' });
});

test('a mark that is not closed is told with the line where its row begins', async () => {
  const { issues } = await problemOf('email,note\nada@example.com,a\nbo@example.com,"open\n\n\nx');
  expect(issues).toMatchObject([{ line: 3 }]);
});

test('another system may say ID, and means its own', () => {
  expect(columnsOf(['ID', 'email', 'id'])).toEqual({
    columns: [
      { to: 'attribute', name: 'ID' },
      { to: 'field', name: 'email' },
      { to: 'field', name: 'id' },
    ],
  });
});

test('as many rows as there may be are read, and one more is refused', async () => {
  const rows = Array.from({ length: MOST_ROWS }, (_, n) => `c-${n};x`).join('\n');
  const { people } = await readCsv(`externalId;plan\n${rows}\n`);
  expect(people).toHaveLength(MOST_ROWS);
  const { issues } = await problemOf(`externalId;plan\n${rows}\none-more;x\n`);
  expect(issues).toMatchObject([{ line: MOST_ROWS + 2 }]);
});

const DELIMITERS = [',', ';', '\t'];
/** Any text that is not blank, without what no input may hold and without blanks around it. */
const cell = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.replaceAll('\0', '').trim())
  .filter((text) => text !== '');
const optionalCell = fc.option(cell, { nil: '' });

test('whatever a cell holds arrives as it is, whatever separates cells and lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(optionalCell, optionalCell), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(...DELIMITERS),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      async (rows, delimiter, end, everyCellIsQuoted) => {
        const quoted = (text: string) =>
          everyCellIsQuoted || /["\r\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const lines = [
          ['externalId', 'plan', 'variables.code'],
          ...rows.map(([plan, code], n) => [`c-${n}`, plan, code]),
        ];
        const text = lines.map((cells) => cells.map(quoted).join(delimiter)).join(end);
        const { people, refused } = await readCsv(text);
        expect(refused).toEqual([]);
        expect(people.map(inputOf)).toEqual(
          rows.map(([plan, code], n) => ({
            contact: { externalId: `c-${n}`, ...(plan === '' ? {} : { attributes: { plan } }) },
            ...(code === '' ? {} : { variables: { code } }),
          })),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('no text makes the reader fail in another way than by a problem', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
      await readCsv(`email${text}`).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
      });
    }),
    { numRuns: 200 },
  );
});
