/**
 * Personal data stays in PostgreSQL: nothing that Temporal keeps or shows about an enrollment holds
 * any, whatever fails on the way.
 *
 * Everything that says who a person is holds the canary, or the number that is her telephone's.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eraseContact } from '../../src/db/erase-contact';
import { type EnrollmentRow, listEnrollments } from '../../src/db/enrollments';
import type { EmailChannel } from '../../src/channels/email';
import type * as smtp from '../../src/channels/smtp';
import { getWorkflow } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import type { Definition } from '../../src/journey/definition';
import type { Evaluators, Facts } from '../../src/journey/facts';
import { nodeTypes } from '../../src/journey/nodes/index';
import { CANARY, commonNodes, mail, otherNodes } from '../support/canary';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { answersOf, describedOf, historiesOf, textsIn } from '../support/executions';
import { type Journeys, startJourneys } from '../support/journeys';
import { type FaultyMailServer, startFaultyMailServer } from '../support/smtp';

const NUMBER = '471136815';
/** Mails with this subject make the channel throw what nobody expects, once. */
const EXPLODING = `Boom ${CANARY}`;

jest.mock('../../src/evaluate/evaluators', () => {
  const path = '../../src/evaluate/evaluators';
  const actual = jest.requireActual<{ createEvaluators(): Evaluators }>(path);
  return { createEvaluators: () => mockBreaking(actual.createEvaluators()) };
});
jest.mock('../../src/channels/smtp', () => {
  const actual = jest.requireActual<Smtp>('../../src/channels/smtp');
  const createSmtpChannel: Smtp['createSmtpChannel'] = (options) =>
    mockExploding(actual.createSmtpChannel(options));
  return { createSmtpChannel };
});

type Smtp = typeof smtp;

/** Fails the first two judgements about somebody for the activity that her attribute `breaks` names. */
function mockBreaking(evaluators: Evaluators): Evaluators {
  const failed = new Map<string, number>();
  const fail = (contact: Facts['contact']): void => {
    const { breaks } = contact.attributes;
    const failures = failed.get(contact.id) ?? 0;
    const callers = new Error('callers').stack ?? '';
    if (typeof breaks !== 'string' || failures >= 2 || !callers.includes(breaks)) return;
    failed.set(contact.id, failures + 1);
    throw new TypeError(`Cannot judge ${contact.email}: ${JSON.stringify(contact)}`);
  };
  return {
    ...evaluators,
    condition: (group, facts) => {
      fail(facts.contact);
      return evaluators.condition(group, facts);
    },
    filter: (group, event, facts) => {
      fail(facts.contact);
      return evaluators.filter(group, event, facts);
    },
  };
}

function mockExploding(channel: EmailChannel): EmailChannel {
  let exploded = false;
  return {
    ...channel,
    send: async (message, timeoutMs) => {
      if (message.subject !== EXPLODING || exploded) return channel.send(message, timeoutMs);
      exploded = true;
      throw new RangeError(`Cannot send to ${message.to}: ${JSON.stringify(message)}`);
    },
  };
}

/** Answers calls with what they told it. */
async function startReceiver() {
  const heard: string[] = [];
  const listener = createServer((request, response) => {
    heard.push(JSON.stringify([request.url, request.headers]));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ of: request.url }));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/canary`,
    get heard() {
      return heard.join(' ');
    },
    close: () => new Promise<unknown>((resolve) => listener.close(resolve)),
  };
}

let world: Journeys;
let server: FaultyMailServer;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
  server = await startFaultyMailServer();
  world = await startJourneys({ smtpUrl: server.url });
});
afterAll(async () => {
  await world?.close();
  await server?.stop();
  await receiver?.close();
});
beforeEach(() => {
  server.recipientCode = null;
});

const about = { note: `a note of ${CANARY}`, [CANARY]: { total: 5 } };
const person = (more: object = {}) =>
  world.contact({
    externalId: `${CANARY}-${newId()}`,
    email: `${CANARY}-${newId()}@example.com`,
    phone: `+49${NUMBER}`,
    firstName: `Ada ${CANARY}`,
    lastName: CANARY,
    attributes: { nick: CANARY, ...about, ...more },
    tags: [CANARY],
  });

const twoMails = define({ nodes: { one: mail(), two: mail() } });

test('these journeys go through every type of node', () => {
  const nodes = [...commonNodes.nodes, ...otherNodes('http://127.0.0.1', 'target').nodes];
  const used = new Set(nodes.map(({ type }) => type));
  expect([...nodeTypes.keys()].filter((type) => !used.has(type))).toEqual([]);
});

test('a journey that an event started', async () => {
  await world.publish(commonNodes);
  const { id } = await person();
  await world.event(id, 'cart.left', about);
  const enrollment = await eventually('the event enrolls', async () => {
    const rows = await world.db.inWorkspace(world.workspaceId, (tx) =>
      listEnrollments(tx, { contactId: id }, {}),
    );
    return rows.data.find((row) => row.temporalRunId !== null);
  });
  const told = await toldOf(enrollment, async () => {
    await standsOn(enrollment, 'paid');
    await world.event(id, 'cart.paid', about);
  });
  expect(told.row).toMatchObject({ status: 'completed' });
  expectNothingPersonal(told);
});

test('a journey through everything else', async () => {
  const target = await world.publish(define({ nodes: { pause: ['wait', { for: 200 }] } }));
  const workflow = await world.db.inWorkspace(world.workspaceId, (tx) => getWorkflow(tx, target));
  const told = await toldOf(await enrolled(otherNodes(receiver.url, workflow?.key ?? '')));
  expect(told.row).toMatchObject({ status: 'exited', error: null });
  expect(receiver.heard).toContain(CANARY);
  expectNothingPersonal(told);
});

test('a journey through many histories', async () => {
  const enrollment = await enrolled(commonNodes, { historyLimit: 3 });
  const told = await toldOf(enrollment, async () => {
    await standsOn(enrollment, 'paid');
    await world.event(enrollment.contactId, 'cart.paid', about);
  });
  expect(told.row).toMatchObject({ status: 'completed' });
  expect(told.runs).toBeGreaterThan(1);
  expectNothingPersonal(told);
});

test('a goal reached', async () => {
  const condition = [{ field: 'event.note', operator: 'contains', value: CANARY }];
  const enrollment = await enrolled(
    define({
      nodes: { long: ['wait', { for: '30 days' }] },
      goals: [{ id: 'paid', event: 'cart.paid', condition }],
    }),
  );
  const told = await toldOf(enrollment, async () => {
    await world.event(enrollment.contactId, 'cart.paid', about);
  });
  expect(told.row).toMatchObject({ status: 'goal_reached' });
  expectNothingPersonal(told);
});

test('a person erased', async () => {
  const enrollment = await enrolled(define({ nodes: { long: ['wait', { for: '30 days' }] } }));
  const told = await toldOf(enrollment, async () => {
    await world.db.inWorkspace(world.workspaceId, (tx) =>
      eraseContact(tx, enrollment.contactId, new Date()),
    );
  });
  expectNothingPersonal(told);
});

test('an address that is none, and a template that cannot be rendered', async () => {
  const nowhere = await toldOf(
    await enrolled(define({ nodes: { it: mail({ to: '{{ first_name }}' }) } })),
  );
  expect(nowhere.row).toMatchObject({ status: 'completed' });
  expectNothingPersonal(nowhere);

  const subject = `${CANARY} {{ first_name | ${CANARY} }}`;
  const broken = define({ nodes: { it: mail() } });
  const nodes = broken.nodes.map((node) => ({ ...node, data: { ...node.data, subject } }));
  const told = await toldOf(await enrolled({ ...broken, nodes }));
  expect(told.row).toMatchObject({ status: 'failed', error: { code: 'template.failed' } });
  expect(JSON.stringify(await world.deliveries(told.row.id))).toContain(`filter: ${CANARY}`);
  expectNothingPersonal(told, 'template.failed');
});

test('a mail server that refuses with the address, for good', async () => {
  server.recipientCode = 550;
  const told = await toldOf(await enrolled(twoMails));
  expect(told.row).toMatchObject({ status: 'failed', error: { code: 'email.refused' } });
  expect(JSON.stringify(await world.deliveries(told.row.id))).toContain(`550 for <${CANARY}`);
  expectNothingPersonal(told, 'email.refused (smtp.550)');
});

test('a mail server that refuses with the address, for now', async () => {
  server.recipientCode = 451;
  const enrollment = await enrolled(twoMails);
  const told = await toldOf(enrollment, async () => {
    await eventually('the activity waits for another attempt', async () => {
      const { raw } = await world.client.workflow
        .getHandle(enrollment.temporalWorkflowId)
        .describe();
      return raw.pendingActivities?.[0]?.lastFailure;
    });
    server.recipientCode = null;
  });
  expect(told.row).toMatchObject({ status: 'completed' });
  expectNothingPersonal(told, 'email.refused_retryable (smtp.451)');
});

test('an evaluator that throws, before a decision and before a send', async () => {
  const condition = [{ field: 'event.note', operator: 'contains', value: 'nothing' }];
  const goals = [{ id: 'paid', event: 'cart.paid', condition }];
  const ask = ['condition', { condition: [{ field: 'nick', operator: 'exists' }] }] as const;
  const definition = define({ nodes: { ask, mail: mail() }, edges: ['ask:true -> mail'], goals });
  // A local activity is tried again without a word.
  for (const [breaks, failure] of [
    ['activities/advance.ts', undefined],
    ['activities/email-claim.ts', 'internal.error (TypeError)'],
  ] as const) {
    const contact = await person({ breaks });
    // By the clock of a sender that runs ahead, so that goals look at it from the start on.
    const occurredAt = new Date(Date.now() + 60_000);
    await world.event(contact.id, 'cart.paid', about, { occurredAt });
    const told = await toldOf(await world.enroll(await world.publish(definition), contact.id));
    expect(told.row).toMatchObject({ status: 'completed' });
    expectNothingPersonal(told, failure);
  }
});

test('an activity that throws an error with all of the mail in its message and stack', async () => {
  const told = await toldOf(
    await enrolled(define({ nodes: { it: mail({ subject: EXPLODING }) } })),
  );
  expect(told.row).toMatchObject({ status: 'completed' });
  expectNothingPersonal(told, 'internal.error (RangeError)');
});

async function enrolled(
  definition: Definition,
  options: Parameters<Journeys['enroll']>[2] = {},
): Promise<EnrollmentRow> {
  const { id } = await person();
  const trigger = await world.event(id, 'cart.seen', about);
  const workflowId = await world.publish(definition);
  return world.enroll(workflowId, id, options, trigger, { coupon: CANARY, list: [about] });
}

const standsOn = (enrollment: EnrollmentRow, node: string): Promise<unknown> =>
  eventually(`${node} is open`, async () =>
    (await world.steps(enrollment.id)).some((it) => it.nodeId === node && it.endedAt === null),
  );

interface Told {
  readonly row: EnrollmentRow;
  readonly runs: number;
  /** Every text that Temporal kept, or showed while the journey was under way. */
  readonly texts: readonly string[];
}

/** Looks at the execution again and again until it is over, then at all of its histories. */
async function toldOf(
  { id, temporalWorkflowId }: EnrollmentRow,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Told> {
  const texts: string[] = [];
  let over = false;
  // A query waits for the workflow's task, a description for nothing.
  const looking = [describedOf, answersOf].map(async (ask) => {
    while (!over) {
      // Right after the start there is nobody to ask yet.
      texts.push(...textsIn(await ask(world.client, temporalWorkflowId).catch(() => null)));
      await sleep(50);
    }
  });
  try {
    await meanwhile();
    await world.client.workflow.getHandle(temporalWorkflowId).result();
  } finally {
    over = true;
    await Promise.all(looking);
  }
  texts.push(...textsIn(await describedOf(world.client, temporalWorkflowId)));
  texts.push(...textsIn(await answersOf(world.client, temporalWorkflowId)));
  const histories = await historiesOf(world.client, temporalWorkflowId);
  texts.push(...histories.flatMap(textsIn));
  return { row: await world.ended(id), runs: histories.length, texts };
}

/** `failure` must have been told, which shows that the search would have found more. */
function expectNothingPersonal({ row, texts }: Told, failure = row.id): void {
  const personal = texts.filter(
    (text) => text.toLowerCase().includes(CANARY) || text.includes(NUMBER),
  );
  expect(personal).toEqual([]);
  expect(texts.some((text) => text.includes(row.id))).toBe(true);
  expect(texts.some((text) => text.includes(failure))).toBe(true);
}
