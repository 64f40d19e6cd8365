import { Stepper } from '../../src/cli/stepper';
import { parseStepCommand } from '../../src/cli/step-commands';
import { define } from '../support/define';
import { ADA, CART, START } from './journeys';
import { folderWith, lines, removeFolders, throughline } from './program';

afterAll(removeFolders);

function step(typed: readonly string[], ...more: string[]) {
  const folder = folderWith({ 'cart.yaml': CART, 'ada.yaml': ADA });
  const args = [
    'simulate',
    'cart.yaml',
    '--contact',
    'ada.yaml',
    '--start',
    START,
    '--step',
    ...more,
  ];
  return throughline(folder, args, typed.map((line) => `${line}\n`).join(''));
}

describe('simulate --step', () => {
  it('goes node by node, and lets happen what is typed', async () => {
    const typed = [
      'nxt',
      '',
      'next',
      'event EMAIL_OPENED {"link": "/"}',
      'until tell',
      'next',
      'in 2 hours event payment.successful',
      'next',
    ];
    const { code, out, err } = await step(typed);
    expect(lines(out)).toEqual([
      'Abandoned cart recovery for ada@example.com, times in Europe/Berlin',
      '',
      'start  Fri 27 Mar 2026  09:00  wait-1h  Wait 1 hour',
      '> nxt',
      '  There is no command "nxt". Did you mean "next"? "help" lists them.',
      '> ',
      '+1h  Fri 27 Mar 2026  10:00  wait-1h  → next after 1h (wait.elapsed)',
      '                             remind   Send "Reminder"',
      '> next',
      '+1h  Fri 27 Mar 2026  10:00  remind     → next (send.sent)',
      '                                        email to ada@example.com: Ada, your',
      '                             wait-open  Wait for email.opened, at most 1 day',
      '> event EMAIL_OPENED {"link": "/"}',
      '> until tell',
      '  As things are, she does not come to "tell" from here.',
      '> next',
      '+1h  Fri 27 Mar 2026  10:00  ·          event email.opened {"link":"/"}',
      '                             wait-open  → received after 1ms (wait.event_received)',
      '                             wait-3d    Wait 3 days',
      '> in 2 hours event payment.successful',
      '> next',
      '+3h  Fri 27 Mar 2026  12:00  ·        event payment.successful',
      '                             ★        goal "paid" reached',
      '                             wait-3d  cancelled after 2h (enrollment.ended)',
      '',
      'goal_reached "paid" after 3h, Fri 27 Mar 2026 12:00',
    ]);
    expect([code, err]).toEqual([0, '']);
  });

  it('begins at the node of --stop-at, where a changed contact is decided upon', async () => {
    const { out } = await step(['contact {"tags": []}', 'next'], '--stop-at', 'vip');
    expect(lines(out).slice(-7)).toEqual([
      '                               vip        condition',
      '> contact {"tags": []}',
      '> next',
      '+1d1h  Sat 28 Mar 2026  10:00  ·    contact {"tags":[]}',
      '                               vip  → false (has no tag "vip")',
      '',
      'completed after 1d1h, Sat 28 Mar 2026 10:00',
    ]);
  });

  it('leaves when the input ends, with code 0', async () => {
    const { code, out } = await step(['next']);
    expect([code, lines(out).at(-1)]).toEqual([0, '> ']);
  });

  it('does not read the definition from where the commands come', async () => {
    const { code, err } = await throughline(folderWith({}), ['simulate', '-', '--step'], CART);
    expect(code).toBe(2);
    expect(err).toMatch(/^With --step, standard input is for commands/);
  });
});

describe('a line', () => {
  it.each([
    ['n', { kind: 'next' }],
    ['  until   offer ', { kind: 'until', node: 'offer' }],
    ['event TAG_ADDED', { kind: 'happen', happening: { type: 'contact.tag_added' }, delay: 0 }],
    [
      'in 90m c {"score": 3}',
      { kind: 'happen', happening: { contact: { score: 3 } }, delay: 5_400_000 },
    ],
    ['until', { kind: 'wrong', message: 'Until which node?' }],
    ['next one', { kind: 'wrong', message: '"next" stands alone.' }],
    ['in 2 moons event x', { kind: 'wrong', message: expect.stringContaining('in 2h event') }],
    ['in 2h next', { kind: 'wrong', message: expect.stringContaining('in 2h event') }],
    ['event x {total: 4}', { kind: 'wrong', message: expect.stringContaining('This is not JSON') }],
    [
      'contact {"tagz": []}',
      {
        kind: 'wrong',
        message: expect.stringMatching(/^tagz: .* Did you mean "tags"\? Write it like/),
      },
    ],
  ])('%j is read', (line, command) => {
    expect(parseStepCommand(line)).toEqual(command);
  });
});

describe('what happens at a visit', () => {
  const definition = define({
    nodes: {
      first: ['condition', { condition: [{ type: 'tag', operator: 'includes', value: 'vip' }] }],
      mail: ['send_email', { subject: 'Hi {{ contact.firstName }}', text: 'Hi' }],
      second: ['condition', { condition: [{ type: 'tag', operator: 'includes', value: 'vip' }] }],
      rest: ['wait', { for: '1h' }],
    },
    edges: ['first:true -> rest', 'first:false -> mail', 'mail -> second', 'second:true -> rest'],
  });
  const request = { contact: { email: 'ada@example.com', firstName: 'Ada' }, startAt: START };
  const begin = () => Stepper.begin(definition, request, { now: 0 });
  const pathOf = ({ visits }: Stepper) => visits.map(({ step }) => step.nodeId).join(' ');

  it('is seen by a decision of the first instant', async () => {
    const stepper = await begin();
    expect(pathOf(stepper)).toBe('first mail second');
    expect(await stepper.happen({ contact: { tags: ['vip'] } }, 0)).toBe(true);
    expect(pathOf(stepper)).toBe('first rest');
  });

  it('does not change what was told before, and says that it comes too late', async () => {
    const stepper = await begin();
    stepper.index = 2;
    expect(await stepper.happen({ contact: { tags: ['vip'], firstName: 'Bo' } }, 0)).toBe(false);
    expect(pathOf(stepper)).toBe('first mail second');
    expect(stepper.report.sends).toMatchObject([{ subject: 'Hi Ada' }]);
  });

  it('is the same journey however often it is walked', async () => {
    const walk = async () => {
      const stepper = await begin();
      await stepper.happen({ contact: { tags: ['vip'] } }, 0);
      stepper.index = 1;
      await stepper.happen({ type: 'cart.paid' }, 60_000);
      return JSON.stringify([stepper.report, stepper.script]);
    };
    expect(await walk()).toBe(await walk());
  });
});
