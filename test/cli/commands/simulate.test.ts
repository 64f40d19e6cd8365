import path from 'node:path';
import { simulate as command } from '../../../src/cli/commands/simulate';
import { readOptions } from '../../../src/cli/options';
import { createTerminal } from '../../../src/cli/terminal';
import { UsageError } from '../../../src/cli/usage-error';
import { ADA, CART, START } from '../journeys';
import { folderWith, lines, removeFolders, throughline } from '../program';

afterAll(removeFolders);

const SILENT = createTerminal({ write: () => true }, {});

const EVENTS = `- { after: -2d, type: page.seen }
- { after: 70m, type: EMAIL_OPENED }
- { after: 3h, contact: { attributes: { plan: pro } } }
- { after: 4d, type: payment.successful, properties: { total: 40 } }
`;

function simulate(args: readonly string[], files: Record<string, string> = {}) {
  const folder = folderWith({
    'cart.yaml': CART,
    'ada.yaml': ADA,
    'events.yaml': EVENTS,
    ...files,
  });
  return throughline(folder, ['simulate', ...args]);
}

const ASKED = ['cart.yaml', '--contact', 'ada.yaml', '--start', START];
const TRIGGERED = ['--trigger', '{"type": "cart.abandoned", "properties": {"item": "lamp"}}'];

it('tells what happens, when in her zone across a change of the clocks, and why', async () => {
  const { code, out } = await simulate([...ASKED, ...TRIGGERED, '--events', 'events.yaml']);
  expect(lines(out)).toEqual([
    'Abandoned cart recovery for ada@example.com, times in Europe/Berlin',
    '',
    '   -2d  Wed 25 Mar 2026  09:00  ·          event page.seen',
    ' start  Fri 27 Mar 2026  09:00  wait-1h    Wait 1 hour → next after 1h (wait.elapsed)',
    '   +1h                   10:00  remind     Send "Reminder" → next (send.sent)',
    '                                           email to ada@example.com: Ada, your lamp',
    '                                wait-open  Wait for email.opened, at most 1 day → received after 10m (wait.event_received)',
    '+1h10m                   10:10  ·          event email.opened',
    '                                wait-3d    Wait 3 days → next after 3d (wait.elapsed)',
    '   +3h                   12:00  ·          contact {"attributes":{"plan":"pro"}}',
    '+4d  after the end, not heard: event payment.successful {"total":40}',
    '',
    'completed after 3d1h10m, Mon 30 Mar 2026 11:10',
  ]);
  expect(code).toBe(0);
});

it('forces a split and stops before a node, whose message is not sent yet', async () => {
  const stopped = ['--choose', 'subject=short', '--stop-at', 'offer'];
  const { code, out } = await simulate([...ASKED, ...stopped]);
  expect(lines(out).slice(-5)).toEqual([
    '+1d1h  Sat 28 Mar 2026  10:00  vip        condition → true (has the tag "vip")',
    '                               subject    split → short (split.chosen)',
    '                               offer      Send "offer" – stopped here',
    '',
    'stopped before offer goes on',
  ]);
  expect(out).not.toContain('10 % off');
  expect(code).toBe(0);
});

it('shows goals, calls and that live she would not be let in', async () => {
  const events = '[{"after": "2d", "type": "payment.successful"}]';
  const more = ['--events', events, '--choose', 'subject=long', '--trigger', 'cart.seen'];
  const { out } = await simulate([...ASKED, ...more]);
  expect(lines(out)[1]).toBe(
    'Live, she would not be let in (no_trigger: nothing is triggered by cart.seen). This run goes on.',
  );
  expect(lines(out).slice(-7)).toEqual([
    '                               tell       Call "tell" → next (call.done)',
    '                                          webhook https://crm.example.com/carts',
    '                               wait-3d    Wait 3 days cancelled after 23h (enrollment.ended)',
    '  +2d  Sun 29 Mar 2026  10:00  ·          event payment.successful',
    '                               ★          goal "paid" reached',
    '',
    'goal_reached "paid" after 2d, Sun 29 Mar 2026 10:00',
  ]);
});

it('ends with code 1 when the journey fails, and says where', async () => {
  const mocks = '{"tell": {"error": {"code": "http.refused", "message": "no answer"}}}';
  const { code, out } = await simulate([...ASKED, '--mocks', mocks, '--choose', 'subject=long']);
  expect(lines(out).at(-1)).toMatch(
    /^failed after 1d1h\S*, Sat 28 Mar 2026 10:\S* – at tell: http\.refused, no answer$/,
  );
  expect(code).toBe(1);
});

it('prints the report of the API as one JSON document', async () => {
  const { code, out } = await simulate([
    ...ASKED,
    ...TRIGGERED,
    '--stop-at',
    'wait-open',
    '--json',
  ]);
  expect(JSON.parse(out)).toMatchObject({
    status: 'waiting',
    endedAt: null,
    entry: { allowed: true, reason: null },
    startedAt: '2026-03-27T08:00:00.000Z',
    steps: [
      { nodeId: 'wait-1h', port: 'next', endedAt: '2026-03-27T09:00:00.000Z' },
      { nodeId: 'remind', port: 'next' },
      { nodeId: 'wait-open', status: 'waiting', endedAt: null },
    ],
    sends: [{ nodeId: 'remind', subject: 'Ada, your lamp' }],
    warnings: [],
  });
  expect(code).toBe(0);
});

it('points at what is wrong in the data it is given', async () => {
  const contact = 'email: ada@example.com\ntagz: [vip]\n';
  const more = ['--contact', 'c.yaml', '--events', '[{"after": "soon", "type": "x"}]'];
  const { code, out } = await simulate(['cart.yaml', ...more, '--mocks', '{a: 1}'], {
    'c.yaml': contact,
  });
  expect(lines(out)).toEqual([
    'c.yaml:2:1 error request.unknown_field tagz: There is no field "tagz" here. Did you mean "tags"?',
    expect.stringMatching(
      /^--events:1:12 error request\.wrong_value \[0\]\.after: "soon" is not a duration/,
    ),
    '--mocks:1:1 error request.unparsable: This is not JSON, which has its names and texts in double quotes.',
    '',
    '3 errors, 0 warnings in 3 files',
  ]);
  expect(code).toBe(1);
});

it('refuses a definition with errors as validate does', async () => {
  const { code, out } = await simulate(['bad.yaml', '--json'], { 'bad.yaml': 'name: Bad' });
  expect([code, JSON.parse(out)]).toMatchObject([1, { files: [{ file: 'bad.yaml' }] }]);
});

it('says when it never comes to the node where it should stop', async () => {
  const { out } = await simulate([...ASKED, '--stop-at', 'tell', '--choose', 'subject=short']);
  expect(lines(out).at(-1)).toBe('It never came to "tell".');
});

it.each([
  [['--choose', 'subjct=short'], '--choose: there is no split "subjct". Did you mean "subject"?'],
  [['--choose', 'vip=true'], '--choose: there is no split "vip". There are "subject".'],
  [['--choose', 'subject=shrt'], '--choose: "subject" has no port "shrt". Did you mean "short"?'],
  [['--choose', 'subject'], '--choose takes node=port, which "subject" is not.'],
  [['--stop-at', 'ofer'], '--stop-at: there is no node "ofer". Did you mean "offer"?'],
  [
    ['--start', 'tomorrow'],
    '--start takes an instant such as 2026-03-27T08:00:00Z, or a date, which is midnight UTC; "tomorrow" is neither.',
  ],
  [['--contact', 'bo.yaml'], 'bo.yaml cannot be read. There is no such file or folder.'],
  [['second.yaml'], 'simulate takes one file; "second.yaml" is one more.'],
  [['--step', '--json'], '--step is for people and --json for programs; use one.'],
])('refuses %j in a sentence', async (args, sentence) => {
  const folder = folderWith({ 'cart.yaml': CART });
  const { files, values } = readOptions(args, command.options, 'simulate');
  const cart = path.join(folder, 'cart.yaml');
  await expect(command.run([cart, ...files], values as never, SILENT)).rejects.toThrow(
    new UsageError(sentence),
  );
});
