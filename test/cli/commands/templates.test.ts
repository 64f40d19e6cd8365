import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { planView } from '../../../src/cli/plan/print-plan';
import { startApi, type TestApi } from '../../http/api';
import { projectOf } from '../project';
import { folderWith, lines, removeFolders, throughline } from '../program';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  await api.close();
  removeFolders();
});

/** A journey that sends a stored template, and a test that expects what it says. */
const offer = (key: string, subject = 'Hi Ada') => `key: ${key}
name: Offer
trigger: { type: manual }
steps:
  - { id: offer, type: send_email, name: The offer, config: { template: spring-offer }, branches: { not_sent: end } }
tests:
  - name: greets her
    contact: { email: ada@example.com, firstName: Ada }
    expect: { status: completed, sends: [{ nodeId: offer, subject: "${subject}" }] }
`;
const TEMPLATE = 'subject: Hi {{ first_name }}\ntext: |\n  An offer\n  for you.\n';

describe('in files', () => {
  it('are looked at by tests, and their folder holds no definitions', async () => {
    const folder = folderWith({
      'journeys/offer.yaml': offer('offer'),
      'journeys/mails/spring-offer.yaml': TEMPLATE,
    });
    const { code, out, err } = await throughline(folder, [
      ...['test', 'journeys', '--templates', 'journeys/mails'],
    ]);
    expect(lines(out)).toEqual(['journeys/offer.yaml', '  ✓ greets her', '', '1 passed, 0 failed']);
    expect([code, err]).toEqual([0, '']);
    const wrong = folderWith({ 'a.yaml': offer('a', 'Bye Ada'), 't/spring-offer.yaml': TEMPLATE });
    const failed = await throughline(wrong, ['test', 'a.yaml', '--templates', 't']);
    expect(failed.out).toContain('sends[0].subject: expected "Bye Ada", got "Hi Ada"');
    expect(failed.code).toBe(1);
  });

  it('are not looked at where they are not at hand, which is said and fails nothing', async () => {
    const folder = folderWith({ 'offer.yaml': offer('offer') });
    const { code, out } = await throughline(folder, ['test', 'offer.yaml']);
    expect(lines(out)).toEqual([
      'offer.yaml',
      'offer.yaml:5:73 warning definition.unknown_template steps[0].config.template: What the template "spring-offer" says is not known here, so no test can look at it. Give the folder of its file with --templates; "throughline plan" asks the API whether there is one.',
      '  ✓ greets her',
      '',
      '1 passed, 0 failed',
    ]);
    expect(code).toBe(0);
    const json = JSON.parse((await throughline(folder, ['test', '.', '--json'])).out) as {
      files: { warnings: object[] }[];
    };
    expect(json.files).toMatchObject([{ warnings: [{ code: 'definition.unknown_template' }] }]);
    const validated = await throughline(folder, ['validate', 'offer.yaml']);
    expect(validated.out).toContain('What the template "spring-offer" says is not known here');
    expect(lines(validated.out).at(-1)).toBe('0 errors, 1 warning in 1 file');
    expect(validated.code).toBe(0);
  });

  it('are judged, with the place of what is wrong', async () => {
    const folder = folderWith({
      'offer.yaml': offer('offer'),
      't/spring-offer.yaml': 'subject: Hi\ntext: |\n  One\n  {{ two\n',
      't/Not a key.yaml': TEMPLATE,
      't/other.json': '{ "subject": "x", "txt": "y" }',
    });
    const { code, out } = await throughline(folder, ['validate', 'offer.yaml', '--templates', 't']);
    const found = lines(out).map((line) => line.split(' ').slice(0, 4).join(' '));
    expect(found).toEqual(
      expect.arrayContaining([
        't/spring-offer.yaml:4:3 error definition.bad_template text:',
        't/Not a key.yaml:1:1 error'.split(' ').slice(0, 4).join(' '),
        't/other.json:1:19 error definition.unknown_field txt:',
      ]),
    );
    expect(code).toBe(1);
    const tested = await throughline(folder, ['test', 'offer.yaml', '--templates', 't']);
    expect(lines(tested.out).at(-1)).toBe('1 passed, 3 failed');
    const run = await throughline(folder, ['simulate', 'offer.yaml', '--templates', 't']);
    expect(run.code).toBe(1);
    const twice = folderWith({ 't/a.yaml': `key: x\n${TEMPLATE}`, 't/x.yaml': TEMPLATE });
    const both = await throughline(twice, ['test', 't', '--templates', 't']);
    expect(both).toMatchObject({ code: 2 });
    expect(both.err).toContain('t/a.yaml and t/x.yaml both hold the template "x".');
  });

  it('with errors are not said to be unknown to the journeys that send them', async () => {
    const folder = folderWith({
      'offer.yaml': offer('offer'),
      't/other-name.yaml': 'key: spring-offer\nsubject: Hi\ntext: |\n  {{ two\n',
    });
    const { out } = await throughline(folder, ['validate', 'offer.yaml', '--templates', 't']);
    expect(lines(out)[0]).toBe(
      'offer.yaml:5:73 warning definition.unknown_template steps[0].config.template: t/other-name.yaml has errors, so no test can look at what the template "spring-offer" says.',
    );
    expect(lines(out)[1]).toMatch(/^t\/other-name\.yaml:4:3 error definition\.bad_template text:/);
  });

  it('are suggested to who misspells one, and their folder is asked for once', async () => {
    const folder = folderWith({
      'offer.yaml': offer('offer').replace('spring-offer', 'spring-ofer'),
      'far.yaml': offer('far').replace('spring-offer', 'goodbye'),
      't/spring-offer.yaml': TEMPLATE,
    });
    const args = ['offer.yaml', 'far.yaml', '--templates', 't'];
    const { out } = await throughline(folder, ['validate', ...args]);
    const said = lines(out).map((line) => line.replace(/^.*config\.template: /, ''));
    expect(said.slice(0, 2)).toEqual([
      't holds no template "spring-ofer", so no test can look at what it says. Did you mean "spring-offer"?',
      't holds no template "goodbye", so no test can look at what it says. "throughline plan" asks the API whether there is one.',
    ]);
    const json = JSON.parse((await throughline(folder, ['test', ...args, '--json'])).out) as object;
    expect(json).toMatchObject({ files: [{ warnings: [{ suggestion: 'spring-offer' }] }, {}] });
  });

  it('are warned of where they name a variable that the workspace does not have', async () => {
    const { run } = projectOf(api)({
      'offer.yaml': offer('named'),
      't/spring-offer.yaml':
        'subject: Hi {{ first_name }}\ntext: "{{ shop }} {{ workspace.town }}"\n',
    });
    const args = ['offer.yaml', '--templates', 't'];
    const alone = await run('validate', ...args);
    expect(alone.out).toContain('"shop"');
    expect(alone.out).not.toContain('town');
    await api.post('/variables', { name: 'shop', value: 'Corner Shop' });
    const planned = await run('plan', ...args);
    expect(planned.out).toContain('There is no variable "town" of the workspace');
    expect(planned.out).not.toContain('"shop"');
  });

  it('among definitions are told for what they are, without the option', async () => {
    const folder = folderWith({
      'j/offer.yaml': offer('offer'),
      'j/mails/spring-offer.yaml': TEMPLATE,
      'j/mails/plain.json': '{ "key": "x", "subject": "Hi", "html": "<p>Hi</p>" }',
      'j/half.yaml': 'key: half\nsubject: Hi\ntext: Hi\nsteps: []\n',
    });
    const { code, out } = await throughline(folder, ['validate', 'j']);
    const about = (file: string) => lines(out).filter((line) => line.startsWith(file));
    for (const file of ['j/mails/spring-offer.yaml', 'j/mails/plain.json'])
      expect(about(file)).toEqual([
        `${file}:1:1 error definition.wrong_type: This is a template of a mail, and no definition. Commands that look at templates take its folder with --templates.`,
      ]);
    expect(about('j/half.yaml').length).toBeGreaterThan(1);
    expect(code).toBe(1);
  });

  it('are shown by a simulation', async () => {
    const folder = folderWith({ 'offer.yaml': offer('offer'), 'spring-offer.yaml': TEMPLATE });
    const contact = '{"email":"ada@example.com","firstName":"Ada"}';
    const { out } = await throughline(folder, [
      ...['simulate', 'offer.yaml', '--contact', contact, '--templates', 'spring-offer.yaml'],
    ]);
    expect(out).toContain('email to ada@example.com: Hi Ada');
  });
});

describe('of the API', () => {
  it('are looked at by a plan, and missed by it where there is none', async () => {
    const { run } = projectOf(api)({ 'offer.yaml': offer('planned') });
    const missed = await run('plan', 'offer.yaml');
    expect(missed.out).toContain('There is no template "spring-offer", which "offer" sends.');
    expect(missed.code).toBe(1);
    await api.post('/templates', {
      ...{ key: 'spring-offer', subject: 'Hi {{ first_name }}', text: 'An offer.' },
    });
    const planned = await run('plan', 'offer.yaml');
    expect(planned.out).toContain('Tests: 1 passed, 0 failed');
    expect(planned.code).toBe(0);
    expect((await run('apply', 'offer.yaml', '--yes')).code).toBe(0);
    await api.put('/templates/spring-offer', { subject: 'Bye', text: 'An offer.' });
    const { run: again } = projectOf(api)({ 'offer.yaml': offer('other') });
    const failed = await again('plan', 'offer.yaml');
    expect(failed.out).toContain('sends[0].subject: expected "Hi Ada", got "Bye"');
    expect(failed.code).toBe(1);
  });
});

describe('of files that are applied', () => {
  it('are suggested by a plan to who misspells one', async () => {
    const { run } = projectOf(api)({
      'a.yaml': offer('misspelt').replace('spring-offer', 'thank-yu'),
      't/thank-you.yaml': TEMPLATE,
    });
    const { out } = await run('plan', 'a.yaml', '--templates', 't');
    expect(out).toContain('There is no template "thank-yu"');
    expect(out).toContain('Did you mean "thank-you"?');
  });

  const MAIL = 'journeys/mails/welcome-mail.yaml';
  const journey = (key: string) => offer(key).replace('spring-offer', 'welcome-mail');
  const shelf = ['--templates', 'journeys/mails'] as const;
  const stored = async () => {
    const { name, version, subject } = (await api.get('/templates/welcome-mail')).body;
    return [name, version, subject] as unknown[];
  };

  it('are stored before the journeys that send them, and replaced by the next plan', async () => {
    const { folder, run } = projectOf(api)({
      'journeys/a.yaml': journey('greets'),
      [MAIL]: TEMPLATE,
    });
    const planned = await run('plan', 'journeys', ...shelf);
    expect(lines(planned.out).slice(0, 4)).toEqual([
      `welcome-mail  create the template  ${MAIL}`,
      '',
      'greets  create, publish version 1  journeys/a.yaml',
      '  Tests: 1 passed, 0 failed',
    ]);
    const [, hash = ''] =
      /--templates journeys\/mails --plan ([0-9a-f]{16})$/m.exec(planned.out) ?? [];
    const done = await run('apply', 'journeys', ...shelf, '--plan', hash);
    expect([done.err, ...lines(done.out)]).toEqual([
      '',
      'welcome-mail  template created (version 1)',
      'greets  created (revision 1), version 1 published',
      '1 workflow applied, 0 as they were',
    ]);
    expect((await run('plan', 'journeys', ...shelf)).out).toContain(
      '1 template: 0 to create, 0 to replace, 1 as they are.',
    );
    const mended = `name: Welcome\n${TEMPLATE.replace('for you', 'for you alone')}`;
    writeFileSync(path.join(folder, MAIL), mended);
    const drafts = await run('plan', 'journeys', ...shelf, '--draft');
    expect(drafts.out).toContain(
      'welcome-mail  template as it is, since --draft publishes nothing',
    );
    const changed = await run('plan', ...shelf);
    expect(lines(changed.out).slice(0, 3)).toEqual([
      `welcome-mail  replace the template  ${MAIL}`,
      '  Differs from version 1 in name, text',
      '  Mails say it as soon as it is applied, those of people on their way too.',
    ]);
    expect((await run('apply', ...shelf, '--yes')).out).toBe(
      'welcome-mail  template replaced (version 2)\n0 workflows applied, 0 as they were\n',
    );
    expect(await stored()).toEqual(['Welcome', 2, 'Hi {{ first_name }}']);
  });

  it('are written by an export as the files that they came of', async () => {
    const { folder, run, json } = projectOf(api)({
      'journeys/a.yaml': journey('sends'),
      [MAIL]: TEMPLATE,
    });
    expect((await run('apply', 'journeys', ...shelf, '--yes', '--force')).code).toBe(0);
    const alone = await run('export', 'sends', '--templates', 'mails');
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('say --out <folder>')]);
    const { out } = await run(
      'export',
      'sends',
      '--out',
      'written',
      '--templates',
      'written/mails',
    );
    expect(lines(out)).toEqual(['written/sends.yaml', 'written/mails/welcome-mail.yaml']);
    expect(readFileSync(path.join(folder, 'written/mails/welcome-mail.yaml'), 'utf8')).toBe(
      `name: Welcome\n${TEMPLATE}`,
    );
    const again = ['written', '--templates', 'written/mails'];
    const { value } = await json('plan', ...again);
    expect(value).toMatchObject({ changes: false, templates: [{ deed: 'keep' }] });
  });

  it('are left alone where somebody else has changed them since, or a file cannot be used', async () => {
    const { folder, run, json } = projectOf(api)({
      'journeys/a.yaml': journey('greets-again'),
      [MAIL]: TEMPLATE.replace('Hi', 'Hello'),
    });
    type Planned = ReturnType<typeof planView>;
    const { value: plan } = await json<Planned>('plan', 'journeys', ...shelf);
    expect(plan).toMatchObject({
      possible: false,
      templates: [{ key: 'welcome-mail', deed: 'replace', version: 3, changes: ['subject'] }],
    });
    expect(plan.workflows[0]?.refusals).toMatchObject([{ code: 'workflow.tests_failed' }]);
    await api.put('/templates/welcome-mail', { subject: 'Theirs', text: 'Theirs.' });
    const late = await run('apply', 'journeys', ...shelf, '--force', '--plan', plan.hash);
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('The plan fits no more')]);
    expect(await stored()).toEqual(['Welcome', 4, 'Theirs']);
    writeFileSync(path.join(folder, MAIL), 'subject: Hi\n');
    const broken = await run('apply', 'journeys', ...shelf, '--yes');
    expect(broken.out).toContain(`${MAIL}:1:1 error definition.wrong_value`);
    expect(broken.code).toBe(1);
  });
});
