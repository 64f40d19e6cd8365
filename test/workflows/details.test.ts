/** What operators read in the Temporal Web UI: words of the definition, ids and codes. */
import { userMetadataOf } from '../support/executions';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';
import { currentDetails, finalDetails, pausedDetails, summaryOf } from '../../workflows/details';
import { Trail } from '../../workflows/trail';

let world: Journeys;
beforeAll(async () => {
  world = await startJourneys();
});
afterAll(() => world?.close());

const LONG = 'あ'.repeat(200);
const isVip = [{ type: 'tag', operator: 'includes', value: 'vip' }];
const definition = define({
  nodes: {
    ask: ['condition', { condition: isVip }, { name: 'Is a VIP?' }],
    pause: ['wait', { for: '1s' }, { name: 'Time to come back' }],
    long: ['wait', { for: '1s' }, { name: LONG }],
    rest: ['wait', { for: '1d' }],
  },
  edges: ['ask:true -> pause', 'pause -> long', 'long -> rest'],
  goals: [{ id: 'paid', event: 'cart.paid' }],
});

const STEPS = [
  '- Is a VIP? `ask` → `true` (`condition.true`)',
  '- Time to come back `pause` → `next` (`wait.elapsed`)',
  `- ${LONG} \`long\` → \`next\` (\`wait.elapsed\`)`,
];

const HEAD = `${definition.name}, version 1`;

async function play(options = {}) {
  const contact = await world.contact({ tags: ['vip'] });
  const { id, temporalWorkflowId } = await world.enroll(
    await world.publish(definition),
    contact.id,
    options,
  );
  await eventually('she rests', async () =>
    (await world.steps(id)).some(({ nodeId }) => nodeId === 'rest'),
  );
  const metadata = () => userMetadataOf(world.client, temporalWorkflowId);
  const resting = await eventually('it is told', async () => {
    const { details } = await metadata();
    return details.includes('**Now**') && details.includes('`rest`') ? details : null;
  });
  await world.event(contact.id, 'cart.paid');
  await world.ended(id);
  const ended = await eventually('the end is told', async () => {
    const it = await metadata();
    return it.details.includes('**goal_reached**') ? it : null;
  });
  return { resting, ...ended };
}

test('the details say where she stands before the steps taken, and at last the end', async () => {
  const { resting, details, summaries } = await play();
  const [head, , now, , ...steps] = resting.split('\n');
  expect([head, ...steps]).toEqual([HEAD, ...STEPS]);
  expect(now).toMatch(/^- \*\*Now\*\* Wait 1 day `rest` until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  expect(details.split('\n')).toEqual([HEAD, '', '**goal_reached**: goal `paid`', '', ...STEPS]);
  expect(summaries).toEqual(
    expect.arrayContaining([
      'Go on: Is a VIP?',
      'Time to come back: wait 1 second',
      `${'あ'.repeat(99)}…`,
      'Wait 1 day',
      'Look at goals and exits',
      'End the enrollment',
    ]),
  );
});

test('a fresh history knows the steps of those before it', async () => {
  const { resting } = await play({ historyLimit: 3 });
  expect(resting).toContain(STEPS.join('\n'));
});

const step = (node: string) => ({ node, visit: 1, port: 'next', reason: 'wait.elapsed' });

test('of many steps the last twenty are listed, and the others counted', () => {
  const trail = new Trail();
  for (let n = 1; n <= 50; n += 1) trail.note([step(`n${n}`)]);
  const lines = currentDetails([], trail.save()).split('\n');
  expect(lines).toHaveLength(21);
  expect(lines[0]).toBe('- … 30 earlier');
  expect(lines.at(-1)).toBe('- `n50` → `next` (`wait.elapsed`)');
  const again = new Trail(trail.save());
  again.note([{ ...step('n51'), visit: 3, port: null, reason: 'end.reached' }]);
  expect(currentDetails([], again.save()).split('\n').slice(-1)).toEqual([
    '- `n51` (visit 3) (`end.reached`)',
  ]);
});

test('nothing that a definition says breaks out of its line', () => {
  const at = { node: 'a', visit: 1, waitingFor: null, waitUntil: null };
  expect(currentDetails([{ ...at, label: '# *Hi*\n<b>' }])).toBe(
    '- **Now** # \\*Hi\\* \\<b\\> `a`',
  );
  const told = { ...step('a'), reason: 'said `so`\nand left' };
  expect(currentDetails([], { steps: [told], earlier: 0 })).toBe(
    "- `a` → `next` (`said 'so' and left`)",
  );
});

test('a pause tells since when, by whom, and where she is', () => {
  const places = [{ node: 'a', visit: 2, label: 'A rest', waitingFor: 'time', waitUntil: 5 }];
  const policies = { clock: 'run', late: 'send' } as const;
  const since = Date.parse('2026-11-21T23:16:11.899Z');
  const told = pausedDetails({ by: 'operator', since, ...policies }, places);
  expect(told).toBe('**paused** since 2026-11-21 23:16:11 UTC\n\n- **Now** A rest `a` (visit 2)');
  const trail = { steps: [step('b')], earlier: 0 };
  expect(pausedDetails({ by: 'operator', since, ...policies }, places, trail)).toBe(
    `${told}\n\n- \`b\` → \`next\` (\`wait.elapsed\`)`,
  );
  const held = pausedDetails({ by: 'workflow', since, ...policies }, []);
  expect(held).toBe('**paused** with its workflow since 2026-11-21 23:16:11 UTC');
});

test('until when she waits is told as soon as a date of the contact says so', async () => {
  const graph = define({ nodes: { due: ['wait', { until: '{{ contact.dueOn }}' }] } });
  const contact = await world.contact({ attributes: { dueOn: '2099-01-31' } });
  const { temporalWorkflowId } = await world.enroll(await world.publish(graph), contact.id);
  await eventually('the date is told', async () => {
    const { details } = await userMetadataOf(world.client, temporalWorkflowId);
    return details.endsWith('`due` until 2099-01-31 00:00:00 UTC');
  });
});

test.each([
  ['completed', null, null, null, '**completed**'],
  ['completed', 'paid', null, null, '**completed**: goal `paid`'],
  ['exited', null, 'exit.condition', null, '**exited**: `exit.condition`'],
  [
    'failed',
    null,
    null,
    { code: 'step.visit_limit', node: 'a' },
    '**failed**: `step.visit_limit` at `a`',
  ],
] as const)(
  'the end %s (%s, %s) is told with its reason',
  (status, goalId, reason, error, text) => {
    expect(finalDetails({ status, goalId }, { status, reason, error })).toBe(text);
  },
);

test('an end that somebody else has written is not given our reason', () => {
  const asked = { status: 'exited', reason: 'exit.condition', error: null } as const;
  expect(finalDetails({ status: 'cancelled', goalId: null }, asked)).toBe('**cancelled**');
});

test('a summary is one line, and no longer than the server takes', () => {
  expect(summaryOf('Wait\n 1 day')).toBe('Wait 1 day');
  expect(Buffer.byteLength(summaryOf('😀'.repeat(300)))).toBeLessThanOrEqual(400);
});
