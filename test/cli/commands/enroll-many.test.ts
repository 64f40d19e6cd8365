import { startApi, type TestApi, waiting } from '../../http/api';
import { lines, removeFolders } from '../program';
import { projectOf } from '../project';

const PEOPLE = 'email,plan\nada@example.com,pro\nnobody,pro\nbo@example.com,free\n';
const PRO = [{ field: 'plan', operator: 'equals', value: 'pro' }];

let api: TestApi;
let here: ReturnType<ReturnType<typeof projectOf>>;
beforeAll(async () => {
  api = await startApi();
  here = projectOf(api)({
    'people.csv': PEOPLE,
    'many.csv': `email\n${Array.from({ length: 30 }, (_, index) => `m${index}@example.com`).join('\n')}`,
    'empty.csv': 'email\n',
    'open.csv': 'email,firstName\nada@example.com,Ada\nbo@example.com,"Bo\n',
  });
  await api.post('/workflows', waiting('tips'));
  await api.post('/workflows/tips/activate');
  await api.post('/lists', { key: 'vips' });
  const { body } = await api.post('/contacts', {
    email: 'cy@example.com',
    attributes: { plan: 'pro' },
  });
  await api.post('/lists/vips/members', { contacts: [{ contactId: body.id }] });
});
afterAll(async () => {
  await api.close();
  removeFolders();
});

test('a file is tried, then its people enter by a job, and the wrong row is listed', async () => {
  const dry = await here.run('enroll', 'tips', '--csv', 'people.csv', '--dry-run');
  expect(dry).toMatchObject({ code: 0, err: '' });
  expect(lines(dry.out)).toEqual([
    'people       3',
    'would enter  2',
    'would not    1 (1 row.invalid)',
    'line 3: row.invalid email: Expected an e-mail address.',
  ]);
  const started = await here.json<{ id: string }>(
    ...['enroll', 'tips', '--csv', 'people.csv', '--per-second', '5', '--variables', '{"a": 1}'],
  );
  expect(started).toMatchObject({
    ...{ code: 0, err: '' },
    value: {
      type: 'enrollments',
      total: 3,
      perSecond: 5,
      command: { input: { variables: { a: 1 } } },
    },
  });
  const refused = await here.run('jobs', 'refused', started.value.id);
  expect(lines(refused.out)[1]).toMatch(/^3 .*row\.invalid +email: /);
  const job = await here.run('jobs', 'get', started.value.id);
  expect(job.out).toMatch(/\ncommand +enroll\n/);
});

test('a trial says of each who would not enter why, and how many it leaves out', async () => {
  const settings = { enrollment: { entryWhen: PRO } };
  await api.post('/workflows', waiting('invited', { settings }));
  expect((await api.post('/workflows/invited/activate')).status).toBe(200);
  const dry = async (...who: string[]) => {
    const { out } = await here.run('enroll', 'invited', ...who, '--dry-run');
    return lines(out).slice(3);
  };
  expect(await dry('--csv', 'people.csv')).toEqual([
    'line 3: row.invalid email: Expected an e-mail address.',
    'line 4: entry_condition',
  ]);
  expect(await dry('--csv', 'many.csv')).toHaveLength(21);
  expect((await dry('--csv', 'many.csv')).at(-1)).toBe('and 10 more');
  const { body } = await api.post('/contacts', { email: 'dee@example.com' });
  await api.post('/lists', { key: 'others' });
  await api.post('/lists/others/members', { contacts: [{ contactId: body.id }] });
  expect(await dry('--list', 'others')).toEqual([`contact ${body.id}: entry_condition`]);
});

test('what is wrong with a file as a whole is told once', async () => {
  const told = async (file: string) => (await here.run('enroll', 'tips', '--csv', file)).err;
  expect(await told('empty.csv')).toBe(
    'request.invalid: The file cannot be read. The file has names of columns, and no row behind them.\n',
  );
  expect(await told('open.csv')).toBe(
    'request.invalid: The file cannot be read. A quotation mark opens a cell and none closes it: close it, or double those that are meant.\n  csv, line 3\n',
  );
});

test('a list and a filter are tried too', async () => {
  const list = await here.json('enroll', 'tips', '--list', 'vips', '--dry-run');
  expect(list.value).toMatchObject({ total: 1, wouldEnter: 1 });
  const filter = '[{"field": "plan", "operator": "equals", "value": "pro"}]';
  const found = await here.json('enroll', 'tips', '--filter', filter, '--dry-run');
  expect(found.value).toMatchObject({ wouldEnter: 1, complete: true });
  const unknown = await here.json('enroll', 'tips', '--list', 'nowhere');
  expect(unknown).toMatchObject({ code: 1, value: { code: 'list.not_found' } });
});

test.each([
  [['--list', 'vips', '--csv', 'people.csv'], 'Say who enters by one of --list, --filter, --csv.'],
  [['--list', 'vips', '--email', 'ada@example.com'], 'Say who enters: by one of --email'],
  [['--email', 'ada@example.com', '--dry-run'], '--dry-run is for many'],
  [['--email', 'ada@example.com', '--per-second', '5'], '--per-second is for many'],
])('refuses %j in a sentence', async (options, sentence) => {
  const refused = await here.run('enroll', 'tips', ...options);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(sentence)]);
});
