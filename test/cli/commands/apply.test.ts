import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ThroughlineClient } from '../../../src/client/index';
import { readDefinition } from '../../../src/cli/definitions';
import { applyPlan } from '../../../src/cli/plan/apply-plan';
import { makePlan } from '../../../src/cli/plan/make-plan';
import type { planView } from '../../../src/cli/plan/print-plan';
import { readTemplates } from '../../../src/cli/templates';
import { startApi, type TestApi } from '../../http/api';
import { removeFolders } from '../program';
import { projectOf, waits } from '../project';

type Planned = ReturnType<typeof planView>;

let api: TestApi;
let project: ReturnType<typeof projectOf>;
beforeAll(async () => {
  api = await startApi();
  project = projectOf(api);
});
afterAll(async () => {
  await api.close();
  removeFolders();
});

const stateOf = async (key: string) => {
  const { body } = await api.get(`/workflows/${key}`);
  return [body.status, body.version, body.revision] as unknown[];
};

const first = ({ workflows: [plan] }: Planned) => {
  if (plan === undefined) throw new Error('Nothing is planned.');
  return plan;
};

/** A workflow that is published with this definition, by the program itself. */
async function published(key: string, text = waits(key)) {
  const { folder, run, json } = project({ [`${key}.yaml`]: text });
  expect((await run('apply', `${key}.yaml`, '--yes')).code).toBe(0);
  return {
    run,
    json,
    write: (later: string) => writeFileSync(path.join(folder, `${key}.yaml`), later),
  };
}

test('plan does nothing, and apply does what it said', async () => {
  const { run, json } = project({ 'new.yaml': waits('new') });
  const { code, value: plan } = await json<Planned>('plan', 'new.yaml');
  expect([code, plan.possible, plan.changes]).toEqual([0, true, true]);
  expect(first(plan)).toMatchObject({
    ...{ key: 'new', draft: 'create', published: 1, activates: true, revision: null },
    ...{ changes: [], refusals: [], people: { versions: [], affected: 0 } },
  });
  expect((await api.get('/workflows/new')).status).toBe(404);

  const done = await run('apply', 'new.yaml', '--plan', plan.hash, '--changelog', 'First.');
  expect(done).toEqual({
    ...{ code: 0, err: '' },
    out: 'new  created (revision 1), version 1 published\n1 workflow applied, 0 as they were\n',
  });
  expect(await stateOf('new')).toEqual(['active', 1, 1]);
  const { body } = await api.get('/workflows/new/versions/1');
  expect(body.changelog).toBe('First.');

  const again = await json<Planned>('plan', 'new.yaml');
  expect([again.code, again.value.changes]).toEqual([0, false]);
  expect((await run('apply', 'new.yaml', '--plan', again.value.hash)).out).toBe(
    '0 workflows applied, 1 as they were\n',
  );
  expect(await stateOf('new')).toEqual(['active', 1, 1]);
});

test('a change is told in sentences, with who is on their way and what would become of them', async () => {
  const { run, json, write } = await published('moved');
  for (const email of ['ada@example.com', 'bo@example.com'])
    await api.post('/workflows/moved/enrollments', { contact: { email } });
  write(waits('moved', '5 days'));

  const drained = await run('plan', 'moved.yaml');
  expect(drained.out).toContain('moved  change the draft, publish version 2');
  expect(drained.out).toContain('does this now: wait 5 days (before: wait 1 week).');
  expect(drained.out).toContain('2 in version 1; 2 finish in the version they are in');
  expect(drained.out).toMatch(/throughline apply moved\.yaml --plan [0-9a-f]{16}\n$/);

  const { value: plan } = await json<Planned>('plan', 'moved.yaml', '--in-flight', 'migrate');
  expect(first(plan).people).toMatchObject({
    ...{ versions: [{ version: 1, count: 2 }], affected: 2 },
    migration: { totals: { people: 2, cannotMove: 0 } },
  });
  const wrong = await json('apply', 'moved.yaml', '--plan', plan.hash);
  expect([wrong.code, wrong.value['code']]).toEqual([1, 'plan.changed']);
  const args = ['moved.yaml', '--in-flight', 'migrate', '--plan', plan.hash];
  const { value } = await json('apply', ...args);
  expect(value).toEqual({
    templates: [],
    applied: [{ key: 'moved', draft: 'change', published: 2, revision: 2 }],
    failure: null,
  });
  const { body } = await api.get('/jobs');
  expect(body.data).toMatchObject([{ command: { type: 'migrate' }, total: 2 }]);
});

test('a plan fits no more once the draft, the active version or the files have changed', async () => {
  const { json, write } = await published('raced');
  write(waits('raced', '5 days'));
  const hash = async () => (await json<Planned>('plan', 'raced.yaml')).value.hash;
  const applied = async (plan: string) => {
    const { code, value } = await json('apply', 'raced.yaml', '--plan', plan);
    return [code, value['code'] ?? 'done'];
  };
  const before = await hash();
  await api.patch('/workflows/raced', { name: 'Hers' });
  expect(await applied(before)).toEqual([1, 'plan.changed']);
  expect(await stateOf('raced')).toEqual(['active', 1, 2]);

  const seen = await hash();
  await api.post('/workflows/raced/activate');
  expect(await applied(seen)).toEqual([1, 'plan.changed']);
  expect(await stateOf('raced')).toEqual(['active', 2, 2]);

  const last = await hash();
  write(waits('raced', '4 days'));
  expect(await applied(last)).toEqual([1, 'plan.changed']);
  expect(await applied(await hash())).toEqual([0, 'done']);
  expect(await stateOf('raced')).toEqual(['active', 3, 3]);
});

test('each write is bound to the draft that was looked at, and what was done before is told', async () => {
  await published('bound');
  const { folder } = project({
    'a.yaml': waits('bound-first'),
    'b.yaml': waits('bound', '5 days'),
  });
  const client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  const options = { draft: false, force: false, inFlight: 'drain', changelog: undefined } as const;
  const files = await Promise.all(
    ['a.yaml', 'b.yaml'].map((name) => readDefinition(path.join(folder, name))),
  );
  const plan = await makePlan(
    client,
    { files, shelf: await readTemplates(undefined) },
    options,
    () => undefined,
  );
  await api.patch('/workflows/bound', { name: 'Hers' });
  const { applied, failure } = await applyPlan(client, plan, options, () => undefined);
  expect(applied).toEqual([{ key: 'bound-first', draft: 'create', published: null, revision: 1 }]);
  expect([failure?.key, failure?.error.code]).toEqual(['bound', 'workflow.draft_changed']);
  expect((await api.get('/workflows/bound')).body.name).toBe('Hers');
});

test('a plan that fits no more names templates too', async () => {
  const { run } = project({ 'named.yaml': waits('named') });
  const { code, err } = await run('apply', 'named.yaml', '--plan', '0123456789abcdef');
  expect([code, err]).toEqual([
    1,
    'The plan fits no more: the files, the options, the templates or the workflows have changed since. This is what it would be now; nothing was done.\n',
  ]);
});

test('a failure before anything was done is told as that', async () => {
  const { run } = project({ 'first.yaml': waits('first') });
  const reader = await api.keyWith(['workflows:read', 'enrollments:read']);
  const { code, out, err } = await run('apply', 'first.yaml', '--yes', '--key', reader);
  expect([code, out]).toEqual([3, '']);
  expect(err).toMatch(/^first: auth\.forbidden: /);
  expect(err).toMatch(/\nNothing was done\. Once that is mended, plan again, and apply that\.\n$/);
});

test('what others have left in the draft is shown before it is lost', async () => {
  const { run, json } = await published('lost');
  await api.patch('/workflows/lost', { name: 'Hers' });
  const { value } = await json<Planned>('plan', 'lost.yaml');
  expect(first(value)).toMatchObject({ draft: 'change', published: null, activates: false });
  expect(first(value).lost).toHaveLength(1);
  expect((await run('plan', 'lost.yaml')).out).toContain('Lost from the draft, never published:');
});

test('refuses what cannot be published, and says what can be done', async () => {
  const failing = `tests:
  - { name: is over at once, expect: { endedAfter: 1h } }
`;
  const elsewhere =
    '  - { id: hand, type: enroll_in_workflow, config: { workflow: nowhere }, branches: { blocked: end } }\n';
  const { run, json } = project({
    'failing.yaml': waits('failing', '2h', failing),
    'naming.yaml': waits('naming', '2h', elsewhere),
    'broken.yaml': waits('broken', '1 fortnight'),
  });
  const codesOf = async (...args: string[]) => {
    const { code, value } = await json<Planned>('plan', ...args);
    return [code, first(value).refusals.map((refusal) => refusal.code)];
  };
  expect(await codesOf('failing.yaml')).toEqual([1, ['workflow.tests_failed']]);
  expect(await codesOf('failing.yaml', '--force')).toEqual([0, []]);
  expect(await codesOf('failing.yaml', '--draft')).toEqual([0, []]);
  expect((await codesOf('naming.yaml'))[0]).toBe(1);
  expect(await codesOf('naming.yaml', '--draft')).toEqual([0, []]);
  const broken = await json<{ errors: number }>('apply', 'broken.yaml', '--yes');
  expect([broken.code, broken.value.errors]).toEqual([1, 1]);

  const { run: its, write } = await published('held');
  write(waits('held', '5 days'));
  await api.post('/workflows/held/pause');
  const refused = await its('apply', 'held.yaml', '--yes');
  expect([refused.code, refused.err]).toEqual([
    1,
    'The plan cannot be applied; nothing was done.\n',
  ]);
  expect(refused.out).toContain('workflow.paused: "held" is paused');
  expect((await its('apply', 'held.yaml', '--yes', '--draft')).code).toBe(0);
  expect(await stateOf('held')).toEqual(['paused', 1, 2]);
  expect((await run('apply', 'failing.yaml')).code).toBe(2);
});

test('definitions may name each other', async () => {
  const hands = (to: string) =>
    `  - { id: hand, type: enroll_in_workflow, config: { workflow: ${to} }, branches: { blocked: end } }\n`;
  const { run } = project({
    'journeys/a.yaml': waits('pair-a', '1h', hands('pair-b')),
    'journeys/b.yaml': waits('pair-b', '1h', hands('pair-a')),
  });
  const { code, err } = await run('apply', 'journeys', '--yes');
  expect([code, err]).toEqual([0, '']);
  expect(await stateOf('pair-a')).toEqual(['active', 1, 1]);
  expect(await stateOf('pair-b')).toEqual(['active', 1, 1]);
});

test('what was exported says the same, and diff tells by its code whether files differ', async () => {
  const { json, run, write } = await published('kept');
  const text = (await run('export', 'kept', '--form', 'steps')).out;
  expect(text).toMatch(/^key: kept\nname: Tips\n/);
  write(text);
  expect((await json<Planned>('plan', 'kept.yaml')).value.changes).toBe(false);
  expect(await run('diff', 'kept.yaml')).toEqual({ code: 0, out: 'No difference.\n', err: '' });
  write(waits('kept', '5 days'));
  const differs = await run('diff', 'kept.yaml');
  expect([differs.code, differs.out.endsWith('\n1 difference\n')]).toEqual([1, true]);
  expect((await run('diff', 'kept', '--from', 'active', '--to', 'draft')).code).toBe(0);

  const { folder, run: other } = project({ 'a.yaml': waits('kept'), 'b.yaml': waits('kept') });
  expect((await other('diff', 'a.yaml', 'b.yaml')).code).toBe(0);
  const out = await other(
    'export',
    'kept',
    '--version',
    'active',
    '--out',
    'got',
    '--format',
    'json',
  );
  expect(out.out).toBe(`${path.join('got', 'kept.json')}\n`);
  const stored = JSON.parse(readFileSync(path.join(folder, 'got/kept.json'), 'utf8')) as object;
  expect(stored).toMatchObject({ key: 'kept', trigger: { type: 'manual' } });
});

test('a test whose trigger would let nobody in is a warning of plan and of the API, and published', async () => {
  const tests = `tests:
  - { name: comes, trigger: { type: cart.left }, expect: { status: completed } }
`;
  const { json, run } = project({ 'unlet.yaml': waits('unlet', '1 day', tests) });
  const { value: plan } = await json<Planned>('plan', 'unlet.yaml');
  const warning = { code: 'definition.test_not_let_in', path: 'tests[0].trigger' };
  expect(first(plan)).toMatchObject({ published: 1, warnings: [warning], refusals: [] });
  expect((await run('plan', 'unlet.yaml')).out).toContain(
    'tests[0].trigger: Live, she would not be let in',
  );
  expect((await run('apply', 'unlet.yaml', '--yes')).code).toBe(0);
  expect((await api.get('/workflows/unlet')).body).toMatchObject({
    ...{ status: 'active', warnings: [warning] },
  });
  expect((await api.post('/workflows/unlet/activate')).body.warnings).toMatchObject([warning]);
});
