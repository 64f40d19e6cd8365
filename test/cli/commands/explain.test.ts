import { startApi, type TestApi } from '../../http/api';
import { lines, removeFolders } from '../program';
import { projectOf, waits } from '../project';

let api: TestApi;
let here: ReturnType<ReturnType<typeof projectOf>>;
let ada: string;
beforeAll(async () => {
  api = await startApi();
  here = projectOf(api)({
    'tips.yaml': waits('tips'),
    'welcome.yaml': waits('welcome'),
    'paid.yaml': waits('paid').replace('{ type: manual }', '{ type: event, event: cart.paid }'),
  });
  const { code, err } = await here.run('apply', '.', '--yes');
  if (code !== 0) throw new Error(err);
  const fields = { email: 'ada@example.com', externalId: 'customer-1' };
  ada = (await api.post('/contacts', fields)).body.id as string;
  await api.post('/contacts', { email: 'bo@example.com' });
  await here.run('enroll', 'tips', '--contact-id', ada);
  await here.run('enroll', 'tips', '--contact-id', ada);
});
afterAll(async () => {
  await api.close();
  removeFolders();
});

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

describe('throughline explain', () => {
  it('tells the answer and the story with times, whichever name was given', async () => {
    const told = await here.run('explain', 'Ada@Example.com');
    expect([told.code, told.err]).toEqual([0, '']);
    expect(lines(told.out)).toEqual([
      expect.stringMatching(/^She is in "Tips"/),
      '',
      expect.stringMatching(new RegExp(`^${TIME}  She entered "Tips" \\(version 1\\)`)),
      expect.stringMatching(
        new RegExp(`^${TIME}  She was not let into "Tips" through the API: she was in it already`),
      ),
    ]);
    expect((await here.run('explain', 'customer-1')).out).toBe(told.out);
    expect((await here.run('explain', ada)).out).toBe(told.out);
  });

  it('tells of one workflow, and as the API does with --json', async () => {
    const one = await here.run('explain', 'ada@example.com', '--workflow', 'paid');
    expect(one.out).toBe(
      'She never entered "Tips". People enter it by the event "cart.paid", and none has come about her.\n',
    );
    const { body } = await api.get(`/contacts/${ada}/explain?workflow=tips`);
    const { value } = await here.json('explain', 'customer-1', '--workflow', 'tips');
    expect(value).toEqual(body);
    const none = await here.run('explain', 'bo@example.com');
    expect([none.code, none.out]).toEqual([
      0,
      'She was in no workflow, and none has refused her. Why one did not let her in, --workflow <key> tells.\n',
    ]);
  });

  it('says of each line which workflow it tells of, where there are several', async () => {
    const who = ['--email', 'cleo@example.com'];
    for (const key of ['tips', 'welcome']) await here.run('enroll', key, ...who);
    const { out } = await here.run('explain', 'cleo@example.com');
    const [, , , ...story] = lines(out).map((line) => line.replace(/^\S+  /, ''));
    expect(story).toEqual([
      expect.stringMatching(/^tips     She entered/),
      expect.stringMatching(/^welcome  She entered/),
    ]);
  });

  it.each(['cy@example.com', 'customer-9', '0199c3f2-0000-7000-8000-000000000000'])(
    'finds nobody called %s',
    async (name) => {
      const { code, value } = await here.json('explain', name);
      expect([code, value['code']]).toEqual([1, 'contact.not_found']);
      expect(value['error']).toContain(`There is nobody called "${name}" in this workspace.`);
    },
  );

  it('needs a name', async () => {
    expect((await here.run('explain')).code).toBe(2);
    expect((await here.run('explain', '')).code).toBe(2);
  });
});
