import { CART, steps } from '../journeys';
import { folderWith, lines, removeFolders, throughline } from '../program';

afterAll(removeFolders);

const TESTED = `${CART}tests:
  - name: opens and pays
    contact: { email: ada@example.com, timeZone: Europe/Berlin }
    startAt: 2026-03-27T08:00:00Z
    events:
      - { after: 70m, type: email.opened }
      - { after: 3h, type: payment.successful }
    expect: { status: goal_reached, endedAfter: 3h, sends: [{ nodeId: remind, after: 1h }] }
`;

const FAILING = `${TESTED}  - name: is no VIP, and pays
    contact: { email: bo@example.com }
    startAt: 2026-03-27T08:00:00Z
    events: [{ after: 2d, type: payment.successful }]
    expect: { status: goal_reached, path: [wait-1h, remind, wait-3d] }
`;

it('prints a line per test, and of a failed one the differences and how it went', async () => {
  const folder = folderWith({ 'cart.yaml': FAILING });
  const { code, out, err } = await throughline(folder, ['test', 'cart.yaml']);
  expect(lines(out)).toEqual([
    'cart.yaml',
    '  ✓ opens and pays',
    '  ✗ is no VIP, and pays',
    '      status: expected "goal_reached", got "completed"',
    '      path: behind "remind": expected wait-3d; got wait-open, vip',
    '',
    '      start  Fri 27 Mar 2026  08:00  wait-1h    Wait 1 hour → next after 1h (wait.elapsed)',
    '        +1h                   09:00  remind     Send "Reminder" → next (send.sent)',
    '                                                email to bo@example.com: , your',
    '                                     wait-open  Wait for email.opened, at most 1 day → timed_out after 1d (wait.timed_out)',
    '      +1d1h  Sat 28 Mar 2026  09:00  vip        condition → false (has no tag "vip")',
    '      +2d  after the end, not heard: event payment.successful',
    '',
    '      completed after 1d1h, Sat 28 Mar 2026 09:00',
    '',
    '1 passed, 1 failed',
  ]);
  expect([code, err]).toEqual([1, '']);
});

it('warns of a test whose trigger would let nobody in, and lets it pass', async () => {
  const typo = TESTED.replace(
    '    startAt:',
    '    trigger: { type: cart.abandonded }\n    startAt:',
  );
  const { code, out } = await throughline(folderWith({ 'cart.yaml': typo }), ['test', 'cart.yaml']);
  const [file, warning, passed] = lines(out);
  expect([code, file, passed]).toEqual([0, 'cart.yaml', '  ✓ opens and pays']);
  expect(warning).toMatch(
    /^cart\.yaml:\d+:5 warning definition\.test_not_let_in tests\[0\]\.trigger: .* Did you mean "cart\.abandoned"\?/,
  );
});

it('counts a file with errors as a failed test, and shows them', async () => {
  const folder = folderWith({ 'a.yaml': TESTED, 'b/bad.yaml': 'name: Bad', 'b/c.yaml': CART });
  const { code, out } = await throughline(folder, ['test', '.']);
  expect(lines(out).filter((line) => !line.includes(' error '))).toEqual([
    'a.yaml',
    '  ✓ opens and pays',
    '',
    'b/bad.yaml',
    '',
    'b/c.yaml',
    '  no tests',
    '',
    '1 passed, 1 failed',
  ]);
  expect(out).toMatch(/b\/bad\.yaml:1:1 error definition\.missing_field nodes: /);
  expect(code).toBe(1);
});

it('prints one JSON document with the report of every test', async () => {
  const folder = folderWith({ 'cart.yaml': FAILING });
  const { code, out } = await throughline(folder, ['test', 'cart.yaml', '--json']);
  expect(JSON.parse(out)).toMatchObject({
    passed: 1,
    failed: 1,
    files: [
      {
        file: 'cart.yaml',
        errors: [],
        tests: [
          { name: 'opens and pays', passed: true, differences: [] },
          {
            passed: false,
            differences: [{ field: 'status' }, { field: 'path' }],
            report: { status: 'completed', sends: [{ nodeId: 'remind' }] },
          },
        ],
      },
    ],
  });
  expect(code).toBe(1);
});

it('ends with code 0 when every test passes', async () => {
  const { code, out } = await throughline(folderWith({}), ['test', '-'], TESTED);
  expect([code, out]).toEqual([0, '<stdin>\n  ✓ opens and pays\n\n1 passed, 0 failed\n']);
});

it('does not take the absence of tests for success', async () => {
  const { code, out } = await throughline(folderWith({ 'c.yaml': CART }), ['test', 'c.yaml']);
  expect(lines(out).slice(-2)).toEqual([
    'There are no tests in what was named.',
    '0 passed, 0 failed',
  ]);
  expect(code).toBe(1);
});

it('names a definition whose test goes on for too long, and runs the others', async () => {
  const nodes = Array.from(
    { length: 40 },
    (_, n) => `{ id: n${n}, type: wait, config: { for: 1s } }`,
  );
  const endless = steps(
    [...nodes, '{ id: again, type: go_to, config: { target: n0 } }'],
    'settings: { visitLimit: 10000 }\ntests:\n  - { name: ends, expect: { status: completed } }\n',
  );
  const folder = folderWith({ 'a.yaml': endless, 'b.yaml': TESTED });
  const { code, out } = await throughline(folder, ['test', '.']);
  expect(out).toMatch(
    /^a\.yaml\n {2}✗ The test "ends" goes on for too long\. .*\n\nb\.yaml\n {2}✓ opens/,
  );
  expect([code, lines(out).at(-1)]).toEqual([1, '1 passed, 1 failed']);
});
