import { folderWith, removeFolders, throughline } from './program';

afterAll(removeFolders);

/** As programs for tables save it that know of no UTF-8. */
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const PEOPLE = latin1('email,firstName\r\nada@example.com,Ada\r\njo@example.com,Jürgen\r\n');
const SENTENCE =
  'This line is no UTF-8, so some of its characters cannot be read. Save the file as UTF-8, and try again.';

describe('bytes that are no UTF-8', () => {
  it.each([
    [['enroll', 'sale', '--csv', 'l1.csv'], 'l1.csv:3'],
    [['validate', 'journeys'], 'journeys/a.yaml:1'],
    [['test', 'cart.yaml', '--templates', 'mails'], 'mails/offer.json:2'],
    [['enroll', 'sale', '--contact', 'mails/offer.json'], 'mails/offer.json:2'],
    [['event', '--file', 'wide.json'], 'wide.json:1'],
  ])('are refused by %j, with the line of the first', async (args, place) => {
    const folder = folderWith({
      'l1.csv': PEOPLE,
      'journeys/a.yaml': latin1('name: Größe'),
      'mails/offer.json': latin1('{ "subject": "Hi",\n"text": "Grüße" }'),
      'wide.json': Buffer.from('\ufeff[{}]', 'utf16le'),
    });
    const { code, out, err } = await throughline(folder, args);
    expect([code, out, err]).toEqual([2, '', `${place}: ${SENTENCE}\n`]);
  });

  it('are refused on the standard input too', async () => {
    const args = ['enroll', 'sale', '--csv', '-', '--json'];
    const { code, out } = await throughline(folderWith({}), args, PEOPLE);
    expect([code, JSON.parse(out)]).toEqual([2, { error: `<stdin>:3: ${SENTENCE}` }]);
  });
});

it('reads every character of UTF-8, with a byte order mark or without', async () => {
  const text =
    'key: a\nname: Jürgen 日本 \u{1f600}\ntrigger: { type: manual }\nsteps: [{ id: n, type: wait, config: { for: 1h } }]\n';
  const folder = folderWith({ 'a.yaml': text, 'b.yaml': `\ufeff${text}` });
  const { out } = await throughline(folder, ['diff', 'a.yaml', 'b.yaml']);
  expect(out).toBe('No difference.\n');
});
