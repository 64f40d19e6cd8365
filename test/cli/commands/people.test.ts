import { startApi, type TestApi, waiting } from '../../http/api';
import { folderWith, lines, removeFolders, throughline } from '../program';
import { projectOf, waits } from '../project';

let api: TestApi;
let here: ReturnType<ReturnType<typeof projectOf>>;
beforeAll(async () => {
  api = await startApi();
  here = projectOf(api)({
    'tips.yaml': waits('tips'),
    'ada.yaml': 'email: ada@example.com\nfirstName: Ada\n',
    'events.json': JSON.stringify([
      { id: 'e1', email: 'ada@example.com', type: 'cart.paid' },
      { id: 'e1', email: 'ada@example.com', type: 'cart.paid' },
      { id: 'e2', email: 'nobody@example.com', type: 'cart.paid' },
    ]),
  });
  const { code, err } = await here.run('apply', 'tips.yaml', '--yes');
  if (code !== 0) throw new Error(err);
});
afterAll(async () => {
  await api.close();
  removeFolders();
});

test('somebody is enrolled, found, held and let go', async () => {
  const entered = await here.json<{ id: string }>('enroll', 'tips', '--contact', 'ada.yaml');
  expect(entered).toMatchObject({ code: 0, value: { status: 'running', workflowKey: 'tips' } });
  const { id } = entered.value;
  const twice = await here.json('enroll', 'tips', '--email', 'ada@example.com');
  expect(twice.code).toBe(1);
  expect(twice.value).toMatchObject({ code: 'enrollment.blocked', reason: 'already_active' });

  const listed = await here.run('enrollments', 'list', 'tips', '--status', 'running');
  expect(lines(listed.out)).toHaveLength(2);
  expect(lines(listed.out)[1]).toContain(id);
  expect((await here.json('enrollments', 'list', 'tips', '--version', '7')).value).toEqual({
    data: [],
  });
  expect((await here.run('enrollments', 'get', id)).out).toMatch(
    /^enrollment +\S+\nworkflow +tips, version 1\n/,
  );
  expect((await here.json('enrollments', 'steps', id)).value).toEqual({ data: [] });

  const paused = await here.json('enrollments', 'pause', id, '--clock', 'freeze');
  expect(paused).toMatchObject({ code: 0, value: { status: 'pending' } });
  const ordered = await here.json<{ data: object[] }>('enrollments', 'commands', id);
  expect(ordered.value.data).toMatchObject([{ type: 'pause', input: { clock: 'freeze' } }]);
  const nowhere = await here.json('enrollments', 'get', 'nobody');
  expect(nowhere).toMatchObject({ code: 1, value: { code: 'enrollment.not_found' } });
});

test('events are reported, one or many, and a rejected one is told', async () => {
  const unknown = await here.run('event', 'cart.left', '--email', 'bo@example.com');
  expect(unknown.out).toContain('The option for that is --create-contact.');
  expect(unknown.code).toBe(1);
  const one = await here.run('event', 'cart.left', '--email', 'bo@example.com', '--create-contact');
  expect(one).toEqual({ code: 0, out: '1 event stored, 0 known already, 0 rejected\n', err: '' });
  const many = await here.json('event', '--file', 'events.json');
  expect(many.code).toBe(1);
  expect(many.value).toMatchObject({ rejected: 1, results: [{ index: 2 }] });
});

test('workflows are listed, paused, activated, taken back and archived', async () => {
  expect((await here.run('workflows', 'list')).out).toMatch(/tips +active +1 +1 +Tips\n/);
  const paused = await here.json('workflows', 'pause', 'tips', '--late', 'skip');
  expect(paused.value).toMatchObject({ status: 'paused' });
  expect((await here.json('workflows', 'activate', 'tips')).value).toMatchObject({ version: 1 });
  await api.patch('/workflows/tips', { name: 'Other' });
  await api.post('/workflows/tips/activate');
  const back = await here.json('workflows', 'revert', 'tips', '1', '--changelog', 'Back.');
  expect(back.value).toMatchObject({ version: 3, name: 'Tips' });
  expect(lines((await here.run('workflows', 'versions', 'tips')).out)[1]).toMatch(
    /^3 +active +0 .* Back\.$/,
  );
  await api.post('/workflows', waiting('done'));
  expect((await here.json('workflows', 'archive', 'done')).value).toMatchObject({
    status: 'archived',
  });
});

test('a command for many is counted, ordered, watched and ended', async () => {
  await here.run('enroll', 'tips', '--email', 'cy@example.com');
  const where = ['tips', 'cancel', '--where', '{}'];
  const counted = await here.json<{ count: number }>('jobs', 'start', ...where, '--dry-run');
  expect(counted.value.count).toBeGreaterThan(0);
  const job = await here.json<{ id: string }>('jobs', 'start', ...where, '--per-second', '1');
  expect(job.value).toMatchObject({ status: 'running', perSecond: 1 });
  const { id } = job.value;
  expect((await here.run('jobs', 'get', id, '--wait', '1s')).code).toBe(1);
  expect((await here.json('jobs', 'cancel', id)).value).toMatchObject({ status: 'cancelled' });
  expect((await here.json('jobs', 'list', '--limit', '1')).value).toMatchObject({ data: [{ id }] });
});

test('the exit code says whether the API refused, was asked wrongly, or was not there', async () => {
  const code = async (...args: string[]) => (await here.run(...args)).code;
  expect(await code('workflows', 'get', 'nothing')).toBe(1);
  expect(await code('workflows', 'get')).toBe(2);
  expect(await code('enrollments', 'pausee', 'x')).toBe(2);
  expect(await code('enrollments', 'list', 'tips', '--status', 'lost')).toBe(2);
  expect(await code('workflows', 'list', '--key', 'wrong')).toBe(3);
  expect(await code('workflows', 'list', '--address', 'http://127.0.0.1:1', '--key', 'x')).toBe(3);
  expect((await throughline(folderWith({}), ['workflows', 'list'])).code).toBe(3);
});
