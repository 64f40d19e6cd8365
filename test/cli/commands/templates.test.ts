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
