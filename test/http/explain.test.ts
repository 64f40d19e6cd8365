import type { Tx } from '../../src/db/client';
import { claimDelivery, markUnknown, recordAttempt } from '../../src/db/deliveries';
import { closeEnrollment, setPosition } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { type StepInput, memoStep } from '../../src/db/steps';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { effectKey } from '../../src/journey/state';
import { dispatchEvent } from '../../src/temporal/dispatch';
import { claimedEvent } from '../support/claimed-event';
import { sketched } from '../support/define';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const NODES = {
  welcome: ['send_email', { subject: 'Welcome', text: 'Hello' }, { name: 'The welcome' }],
  pays: ['condition', { condition: [{ field: 'plan', operator: 'equals', value: 'pro' }] }],
  pause: ['wait', { for: '1 day' }, { name: 'A day' }],
} as const;
const EDGES = ['welcome -> pays', 'pays:true -> pause', 'pays:false -> pause'];
const GOALS = [{ id: 'paid', name: 'It is paid', event: 'cart.paid' }];

async function active(key: string, changes: object = {}): Promise<void> {
  const sketch = sketched({ key, nodes: NODES, edges: EDGES, goals: GOALS, ...changes });
  expect((await api.post('/workflows', sketch)).status).toBe(201);
  expect((await api.post(`/workflows/${key}/activate`)).status).toBe(200);
}

const contact = async (fields: object = {}) =>
  (await api.post('/contacts', { email: `${newId()}@example.com`, ...fields })).body.id as string;

async function enroll(key: string, contactId: string): Promise<string> {
  const { status, body } = await api.post(`/workflows/${key}/enrollments`, { contactId });
  expect(status).toBe(202);
  return body.id as string;
}

const inside = <T>(work: (tx: Tx) => Promise<T>) => api.db.inWorkspace(api.workspaceId, work);

interface Story {
  workflows: { workflowKey: string; answer: string }[];
  story: Record<string, unknown>[];
  isWhole: boolean;
}

async function explain(contactId: string, workflow?: string): Promise<Story> {
  const query = workflow === undefined ? '' : `?workflow=${workflow}`;
  const { status, body } = await api.get(`/contacts/${contactId}/explain${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as Story;
}

const sentences = ({ story }: Story) => story.map(({ sentence }) => sentence);
const answer = (story: Story) => story.workflows[0]?.answer;

/** Reports an event and, unless told otherwise, lets it have its consequences. */
async function happens(contactId: string, type: string, properties = {}, isHeard = true) {
  const at = new Date();
  const event = { contactId, type, properties, occurredAt: at, receivedAt: at };
  const { id } = (await inside((tx) => recordEvent(tx, event))).event;
  const row = isHeard ? await claimedEvent(api, id) : null;
  const parts = { db: api.db, evaluators: createEvaluators(), leaseMs: 60_000 };
  if (row !== null) await dispatchEvent(parts, row);
  return id;
}

describe('somebody who never entered', () => {
  test('is told what would have led her in', async () => {
    await active('by-hand');
    await active('by-event', { triggers: [{ type: 'event', event: 'cart.left' }] });
    const id = await contact();
    expect(await explain(id, 'by-hand')).toMatchObject({
      ...{ contactId: id, story: [], isWhole: true },
      workflows: [
        {
          ...{ workflowKey: 'by-hand', enrollments: 0, refusals: 0 },
          answer:
            'She never entered "Journey". No event lets people into it: they are enrolled through the API, and nobody enrolled her.',
        },
      ],
    });
    expect(answer(await explain(id, 'by-event'))).toBe(
      'She never entered "Journey". People enter it by the event "cart.left", and none has come about her.',
    );
    const draft = sketched({ key: 'a-draft', nodes: NODES, edges: EDGES });
    await api.post('/workflows', draft);
    expect(answer(await explain(id, 'a-draft'))).toContain('was never activated');
    expect(await explain(id)).toMatchObject({ workflows: [], story: [] });
  });

  test('is told of the filter that turned her event down, judged as of now', async () => {
    const isLarge = [{ field: 'event.total', operator: 'greater_than', value: 100 }];
    await active('filtered', { triggers: [{ type: 'event', event: 'a.b', filter: isLarge }] });
    const id = await contact();
    const eventId = await happens(id, 'a.b', { total: 5 });
    const told = await explain(id, 'filtered');
    expect(told.story).toMatchObject([
      {
        ...{ kind: 'not_triggered', code: 'trigger_filter', isRecorded: false, eventId },
        ...{ workflowKey: 'filtered', enrollmentId: null, nodeId: null },
      },
    ]);
    expect(sentences(told)).toEqual([
      'The event a.b did not let her into "Journey": the filter of the trigger does not take it: event.total 5 is not greater_than 100 (judged now, by version 1 and by what is known of her now).',
    ]);
    expect(answer(told)).toBe(`She never entered "Journey". ${String(sentences(told)[0])}`);
  });

  test('is told that nobody has judged her event yet, or that nobody could enter', async () => {
    await active('late', { triggers: [{ type: 'event', event: 'c.d' }] });
    const id = await contact();
    await happens(id, 'c.d', {}, false);
    expect((await explain(id, 'late')).story).toMatchObject([
      { kind: 'not_triggered', code: 'queued', isRecorded: true },
    ]);
    const other = await contact();
    await api.post('/workflows/late/pause');
    await happens(other, 'c.d');
    const told = await explain(other, 'late');
    expect(told.story).toMatchObject([{ code: 'workflow_not_active', isRecorded: true }]);
    expect(sentences(told)[0]).toContain('the workflow was paused since 20');
  });

  test('is told why she was refused', async () => {
    const isPro = [{ field: 'plan', operator: 'equals', value: 'pro' }];
    const settings = { enrollment: { entryWhen: isPro } };
    await active('choosy', { settings, triggers: [{ type: 'event', event: 'e.f' }] });
    const id = await contact({ attributes: { plan: 'free' } });
    expectProblem(
      await api.post('/workflows/choosy/enrollments', { contactId: id }),
      409,
      'enrollment.blocked',
    );
    await happens(id, 'e.f');
    const told = await explain(id);
    expect(told.story).toMatchObject([
      { kind: 'refused', code: 'entry_condition', isRecorded: true },
      { kind: 'refused', code: 'entry_condition', workflowKey: 'choosy' },
    ]);
    expect(sentences(told)).toEqual([
      expect.stringMatching(
        /^She was not let into "Journey" through the API: she did not meet its "entryWhen" \(plan .*free.*pro.*\)\.$/,
      ),
      expect.stringContaining('when the event e.f came: she did not meet its "entryWhen"'),
    ]);
    expect(answer(told)).toMatch(
      /^She never entered "Journey"\. The last time, at .* she was refused/,
    );
  });
});

/** Rows as a worker writes them, minutes after she entered. */
async function walker(id: string) {
  const { body } = await api.get(`/enrollments/${id}`);
  const start = Date.parse(body.startedAt as string);
  const at = (minutes: number) => new Date(start + minutes * 60_000);
  return {
    at,
    step: (nodeId: string, minutes: number, fields: Partial<StepInput> = {}) =>
      inside((tx) =>
        memoStep(tx, {
          ...{ enrollmentId: id, nodeId, visit: 1, nodeType: 'any', status: 'completed' },
          ...{ startedAt: at(minutes), endedAt: at(minutes) },
          ...fields,
        }),
      ),
    mail: (status: 'claimed' | 'blocked', reason?: string) =>
      inside((tx) =>
        claimDelivery(tx, {
          ...{ effectKey: effectKey(id, 'welcome', 1), enrollmentId: id, nodeId: 'welcome' },
          ...{ visit: 1, contactId: body.contactId as string, channel: 'email', status, reason },
          ...{ purpose: 'marketing', provider: 'smtp' },
          ...(status === 'claimed' ? { toAddress: 'ada@example.com', subject: 'Welcome' } : {}),
        }),
      ),
  };
}

const clock = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

describe('somebody who is or was inside', () => {
  test('is told of every step, with its reason, up to where she waits', async () => {
    await active('whole', { triggers: [{ type: 'event', event: 'g.h' }] });
    const contactId = await contact();
    const eventId = await happens(contactId, 'g.h');
    const [{ id = '' } = {}] = (await api.get(`/contacts/${contactId}/enrollments`)).body.data;
    const { at, step, mail } = await walker(id);
    await step('welcome', 1, { port: 'next', reason: 'send.sent' });
    const delivery = await mail('claimed');
    if (delivery === null) throw new Error('The mail was claimed before.');
    await inside((tx) => recordAttempt(tx, delivery, { status: 'sent', response: '250 ok' }));
    await step('pays', 2, { port: 'false', reason: 'condition.false: plan is not set' });
    const open = { status: 'waiting', endedAt: null } as const;
    await step('pause', 3, open);
    const position = { currentNodeIds: ['pause'], status: 'waiting', waitingFor: 'time' } as const;
    await inside((tx) => setPosition(tx, id, { ...position, waitUntil: at(60) }));
    await inside((tx) =>
      recordEvent(tx, {
        ...{ contactId, type: 'email.opened', occurredAt: at(4), receivedAt: at(4) },
        deliveryKey: delivery.effectKey,
      }),
    );
    const told = await explain(contactId, 'whole');
    expect(sentences(told)).toEqual([
      'She entered "Journey" (version 1) when the event g.h came. It is stored, and waits for the relay to start it.',
      'Send "The welcome": the mail "Welcome" was handed over to ada@example.com.',
      '"pays": the condition did not hold (plan is not set); she left by "false".',
      `She is at "A day" (wait 1 day) since ${clock(at(3))}, and waits until ${clock(at(60))}.`,
      'The event email.opened came about the mail "Welcome".',
    ]);
    expect(told.story).toMatchObject([
      { kind: 'entered', eventId, enrollmentId: id, at: at(0).toISOString() },
      { kind: 'message', code: 'send.sent', nodeId: 'welcome', messageId: delivery.id },
      { kind: 'step', code: 'condition.false', port: 'false', visit: 1 },
      { kind: 'step', code: null, nodeId: 'pause', until: at(60).toISOString() },
      { kind: 'reaction', code: 'email.opened', messageId: delivery.id },
    ]);
    expect(answer(told)).toBe(
      `She is in "Journey" at "A day" (wait 1 day), and waits until ${clock(at(60))}. She was sent the mail "Welcome".`,
    );
  });

  test('is told what became of a mail that she was sent', async () => {
    await active('fates');
    const contactId = await contact();
    const id = await enroll('fates', contactId);
    const { at, step, mail } = await walker(id);
    await step('welcome', 1, { port: 'next', reason: 'send.sent' });
    const delivery = await mail('claimed');
    if (delivery === null) throw new Error('The mail was claimed before.');
    await inside((tx) => recordAttempt(tx, delivery, { status: 'sent', response: '250 ok' }));
    const reacts = async (type: string, minutes: number, properties = {}) => {
      const when = { occurredAt: at(minutes), receivedAt: at(minutes) };
      const event = { contactId, type, properties, ...when, deliveryKey: delivery.effectKey };
      await inside((tx) => recordEvent(tx, event));
      return answer(await explain(contactId, 'fates'));
    };
    expect(await reacts('email.bounced', 2, { kind: 'transient' })).toMatch(
      / She was sent the mail "Welcome", and it came back \(soft bounce\)\.$/,
    );
    expect(await reacts('email.delivered', 3)).toMatch(/ She was sent the mail "Welcome"\.$/);
    expect(await reacts('email.complained', 4)).toMatch(
      / She was sent the mail "Welcome", and she complained about it\.$/,
    );
    expect(await reacts('email.bounced', 5, { kind: 'hard' })).toMatch(
      / She was sent the mail "Welcome", and it came back \(hard bounce\) and she complained about it\.$/,
    );
  });

  test('is told why a message was held back, and how it ended', async () => {
    await active('held');
    const contactId = await contact();
    const id = await enroll('held', contactId);
    const { at, step, mail } = await walker(id);
    await step('welcome', 1, { port: 'not_sent', reason: 'send.blocked.unsubscribed' });
    await mail('blocked', 'unsubscribed');
    await inside((tx) =>
      closeEnrollment(tx, id, { status: 'goal_reached', goalId: 'paid', at: at(5) }),
    );
    const told = await explain(contactId, 'held');
    expect(sentences(told).slice(1)).toEqual([
      'Send "The welcome": the mail was not sent: she has refused the channel "email"; she left by "not_sent".',
      'She reached the goal "It is paid" and left "Journey".',
    ]);
    expect(told.story.slice(1)).toMatchObject([
      { kind: 'message', code: 'send.blocked.unsubscribed', port: 'not_sent' },
      { kind: 'ended', code: 'goal_reached', enrollmentId: id },
    ]);
    expect(answer(told)).toBe(
      `She reached the goal "It is paid" and left "Journey", at ${clock(at(5))}. She was not sent the mail of "The welcome": she has refused the channel "email".`,
    );
    await api.admin`update deliveries set topic = 'offers',
      receipt = 'She has unsubscribed from the topic "offers".' where enrollment_id = ${id}`;
    expect(sentences(await explain(contactId, 'held'))).toContain(
      'Send "The welcome": the mail was not sent: she has refused the topic "offers" of the channel "email"; she left by "not_sent".',
    );
    await api.admin`update deliveries set reason = 'suppressed',
      receipt = 'The address is suppressed since 2026-11-22T19:00:00.000Z: it came back.' where enrollment_id = ${id}`;
    expect(sentences(await explain(contactId, 'held'))).toContain(
      'Send "The welcome": the mail was not sent: the address is suppressed since 2026-11-22 19:00 UTC: it came back; she left by "not_sent".',
    );
  });

  test('is told for what a mail is put off, and until when in one form', async () => {
    await active('quiet');
    const contactId = await contact();
    const id = await enroll('quiet', contactId);
    const { at, step, mail } = await walker(id);
    await step('welcome', 1, { status: 'waiting', endedAt: null });
    const delivery = await mail('blocked', 'quiet_hours');
    await api.admin`update deliveries set status = 'deferred', deferred_until = ${at(60)},
      receipt = ${`Blocked by quiet hours, next possible at ${at(60).toISOString()}.`}
      where id = ${delivery?.id ?? ''}`;
    const place = { currentNodeIds: ['welcome'], status: 'waiting', waitUntil: null } as const;
    await inside((tx) => setPosition(tx, id, { ...place, waitingFor: 'e-mail' }));
    const told = await explain(contactId, 'quiet');
    expect(answer(told)).toBe(
      `She is in "Journey" at Send "The welcome", and the mail waits for the end of quiet hours, until ${clock(at(60))}.`,
    );
    expect(told.story.at(-1)).toMatchObject({
      sentence: `Send "The welcome": the mail is put off until ${clock(at(60))}: blocked by quiet hours.`,
      until: at(60).toISOString(),
    });
    await api.admin`update deliveries set reason = 'capped' where id = ${delivery?.id ?? ''}`;
    expect(answer(await explain(contactId))).toContain(
      `, and the mail waits for room under the cap on messages, until ${clock(at(60))}.`,
    );
    await inside((tx) => setPosition(tx, id, { ...place, waitingFor: 'cart.paid' }));
    expect(answer(await explain(contactId))).toMatch(
      new RegExp(`Put off is the mail of .*, next possible at ${clock(at(60))}\\.$`),
    );
  });

  test('is told what nobody knows, what failed, and what operators ordered', async () => {
    await active('doubtful');
    const contactId = await contact();
    const id = await enroll('doubtful', contactId);
    const { at, step, mail } = await walker(id);
    await step('welcome', 1, { status: 'waiting', endedAt: null });
    const delivery = await mail('claimed');
    await inside((tx) => markUnknown(tx, delivery?.id ?? '', 'interrupted'));
    await api.post(`/enrollments/${id}/pause`, {});
    const told = await explain(contactId);
    expect(sentences(told)).toEqual(
      expect.arrayContaining([
        'Send "The welcome": nobody knows whether the mail "Welcome" was handed over to ada@example.com, so she waits until something proves it.',
        'The API key "test" ordered "pause", which nobody has judged yet: no worker has answered.',
      ]),
    );
    expect(answer(told)).toContain('Nobody knows whether she was sent the mail "Welcome".');

    const error = { code: 'email.refused', nodeId: 'welcome' };
    await inside((tx) => closeEnrollment(tx, id, { status: 'failed', error, at: at(9) }));
    const failed = await explain(contactId);
    expect(failed.story.at(-1)).toMatchObject({
      ...{ kind: 'ended', code: 'email.refused' },
      sentence:
        'Her passage through "Journey" failed at Send "The welcome": the mail server refused the mail for good (email.refused).',
    });
    expect(sentences(failed)).toContain(
      'The API key "test" ordered "pause", which was refused: The enrollment has ended. Let the contact enter again, or retry the enrollment if its status is "failed".',
    );
  });
});

test('the key must be allowed to read all that a story tells', async () => {
  const id = await contact();
  const narrow = await api.keyWith(['contacts:read', 'events:read']);
  expectProblem(await api.get(`/contacts/${id}/explain`, narrow), 403, 'auth.forbidden');
  const reading = await api.keyWith(['*:read']);
  expect((await api.get(`/contacts/${id}/explain`, reading)).status).toBe(200);
});

test("another workspace's contacts and workflows are none", async () => {
  await active('ours');
  const id = await contact();
  const { key } = api.other;
  expectProblem(await api.get(`/contacts/${id}/explain`, key), 404, 'contact.not_found');
  const { body } = await api.post('/contacts', { externalId: newId() }, key);
  const theirs = await api.get(`/contacts/${body.id as string}/explain?workflow=ours`, key);
  expectProblem(theirs, 404, 'workflow.not_found');
  expectProblem(await api.get(`/contacts/${id}/explain?workflow=none`), 404, 'workflow.not_found');
  expectProblem(await api.get(`/contacts/${id}/explain?journey=ours`), 422, 'request.invalid');
});

test('whoever gives an address in place of an id is told how to find the id', async () => {
  const detail = async (name: string) => {
    const answered = await api.get(`/contacts/${encodeURIComponent(name)}/explain`);
    expectProblem(answered, 404, 'contact.not_found');
    return answered.body.detail as string;
  };
  expect(await detail('ada@example.com')).toContain('GET /contacts?email= finds it by the address');
  expect(await detail('customer-1')).toBe('There is no contact "customer-1" in this workspace.');
});
