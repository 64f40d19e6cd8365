/** Doubts and attempts that were cut off, on real servers: they use up none of the attempts that a node allows. */
import { DeliveryError, type EmailChannel, type LookUpAnswer } from '../../src/channels/email';
import { createHttpChannel, type HttpChannel } from '../../src/channels/http';
import { define } from '../support/define';
import { startReceivingServer } from '../support/http';
import { type Journeys, startJourneys } from '../support/journeys';

type Mail = Parameters<EmailChannel['send']>[0];

/** Message ids by subject, once for each time that the mail was handed over. */
const handedOver = new Map<string, string[]>();
/** What the provider says of a message id, one after the other; the last one again and again. */
const answers = new Map<string, LookUpAnswer[]>();

const ONCE = { retry: { maxAttempts: 1 } };
/** What a frozen worker never comes back from, until the test lets it. */
const frozen: (() => void)[] = [];
const freeze = () =>
  new Promise<never>((_, reject) => {
    frozen.push(() => reject(new Error('It was frozen.')));
  });
const thaw = () => {
  for (const wake of frozen.splice(0)) wake();
};

/** Behaves as the subject says, the first time. */
async function send({ subject, messageId }: Mail): Promise<{ response: string }> {
  const earlier = handedOver.get(subject) ?? [];
  handedOver.set(subject, [...earlier, messageId]);
  answers.set(messageId, ANSWERS[subject] ?? ['unknown']);
  // Older than any connection of its attempt, so that the doubt need not be sat out.
  await world.admin`update deliveries set claimed_at = claimed_at - ${SUBJECT_AGE[subject] ?? '1 minute'}::interval
    where message_id = ${messageId}`;
  if (subject.startsWith('frozen') && earlier.length === 0) return freeze();
  if (subject === 'refused later' && earlier.length > 0)
    throw new DeliveryError('refused_retryable', 'smtp.451', 'come back later');
  if (earlier.length === 0 || subject === 'always lost')
    throw new DeliveryError('ambiguous', 'smtp.test', 'the answer was lost');
  return { response: '250' };
}

const ANSWERS: Readonly<Record<string, LookUpAnswer[]>> = {
  found: ['unknown', 'accepted'],
  'frozen and found': ['accepted'],
  absent: ['absent'],
  'refused later': ['absent'],
};
/** Nobody could be asked for a quarter of an hour. */
const SUBJECT_AGE: Readonly<Record<string, string>> = { 'always lost': '16 minutes' };

const channel: EmailChannel = {
  provider: 'doubtful',
  send,
  lookUp: async (messageId) => {
    const [next = 'unknown', ...others] = answers.get(messageId) ?? [];
    if (others.length > 0) answers.set(messageId, others);
    return next;
  },
  close: () => undefined,
};

let world: Journeys;
let web: Awaited<ReturnType<typeof startReceivingServer>>;
let http: HttpChannel;

beforeAll(async () => {
  [world, web] = await Promise.all([startJourneys({ channel }), startReceivingServer()]);
  http = createHttpChannel({ allow: ['127.0.0.1'] });
});
afterAll(() => Promise.all([world.close(), web.close(), http.close()]));
afterEach(thaw);

type Node = readonly [type: string, data: object, more?: object];

async function travelled(node: Node, options: Parameters<Journeys['enroll']>[2] = {}) {
  const definition = define({ nodes: { it: node, tag: ['add_tag', { tag: 'behind' }] } });
  const { id: contactId } = await world.contact();
  const { id } = await world.enroll(await world.publish(definition), contactId, options);
  const { status, error } = await world.ended(id);
  const [step] = await world.steps(id);
  const [delivery] = await world.deliveries(id);
  const [effect] = await world.admin`select * from effects where enrollment_id = ${id}`;
  return { id, status, error, port: step?.port, reason: step?.reason, delivery, effect };
}

const mail = (subject: string, more: object = {}, node: object = ONCE): Node => [
  'send_email',
  { subject, text: 'Hi', ...more },
  node,
];

describe.each([
  ['a mail', (subject: string) => mail(subject)],
  [
    'a notification',
    (subject: string): Node => [
      'send_notification',
      { channel: 'email', to: 'sales@example.com', subject, text: 'Hi' },
      ONCE,
    ],
  ],
] as const)('%s that may be tried once', (_what, node) => {
  beforeEach(() => handedOver.clear());

  test('is asked about until somebody knows, and is not sent twice', async () => {
    expect(await travelled(node('found'))).toMatchObject({
      ...{ status: 'completed', port: 'next', reason: 'send.sent' },
      delivery: { status: 'sent', attempt: 1, resolution: 'found' },
    });
    expect(handedOver.get('found')).toHaveLength(1);
  });

  test('is sent when the provider does not have it, under the same id', async () => {
    expect(await travelled(node('absent'))).toMatchObject({
      ...{ status: 'completed', reason: 'send.sent' },
      delivery: { status: 'sent', attempt: 2, resolution: 'absent_resent' },
    });
    const ids = handedOver.get('absent') ?? [];
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  test('is looked up when its worker froze in the middle', async () => {
    const [type, data, more] = node('frozen and found');
    expect(await travelled([type, data, { ...more, timeout: '1s' }])).toMatchObject({
      ...{ status: 'completed', reason: 'send.sent' },
      delivery: { status: 'sent', attempt: 1, resolution: 'found' },
    });
    expect(handedOver.get('frozen and found')).toHaveLength(1);
  });

  test('fails when it is refused after that', async () => {
    expect(await travelled(node('refused later'))).toMatchObject({
      ...{ status: 'failed', error: { code: 'email.refused_retryable' } },
      delivery: { status: 'failed', attempt: 2 },
    });
    expect(handedOver.get('refused later')).toHaveLength(2);
  });
});

describe('a mail whose fate nobody will ever know', () => {
  beforeEach(() => handedOver.clear());

  test.each([
    ['continue', 1, null],
    ['resend', 2, 'resent'],
  ] as const)(
    'goes by onUnknown: %s, however often it may be tried',
    async (onUnknown, times, resolution) => {
      expect(await travelled(mail('always lost', { onUnknown }))).toMatchObject({
        ...{ status: 'completed', port: 'next', reason: 'send.unknown' },
        delivery: { status: 'unknown', attempt: times, resolution },
      });
      expect(handedOver.get('always lost')).toHaveLength(times);
    },
  );

  test('fails those who began when doubts still counted', async () => {
    expect(
      await travelled(mail('always lost', { onUnknown: 'continue' }), { engineVersion: 1 }),
    ).toMatchObject({ status: 'failed', error: { code: 'email.unknown' } });
  });
});

describe('a call whose worker froze in the middle', () => {
  /** The first request of each path is sent, and never comes back. */
  const freezing = (): HttpChannel => {
    const seen = new Set<string>();
    return {
      ...http,
      request: async (call) => {
        const answer = await http.request(call);
        if (seen.has(call.url)) return answer;
        seen.add(call.url);
        return freeze();
      },
    };
  };
  const call = (path: string, more: object = {}): Node => [
    'webhook',
    { url: `${web.url}${path}`, ...more },
    { ...ONCE, timeout: '1s' },
  ];
  const idsAt = (path: string) =>
    web.calls.filter((each) => each.path === path).map(({ headers }) => headers['webhook-id']);
  beforeAll(() => world.replaceWorkers({ http: freezing() }));

  test('is made again under the same id, and its doubt stays to be seen', async () => {
    expect(await travelled(call('/again'))).toMatchObject({
      ...{ status: 'completed', reason: 'call.done' },
      effect: { status: 'done', attempt: 2, resolution: 'resent' },
    });
    const ids = idsAt('/again');
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  test('ends as unknown where the node says so', async () => {
    expect(await travelled(call('/never', { onUnknown: 'fail' }))).toMatchObject({
      ...{ status: 'failed', error: { code: 'effect.unknown' } },
      effect: { status: 'unknown', reason: 'interrupted', attempt: 1, resolution: null },
    });
    expect(idsAt('/never')).toHaveLength(1);
  });
});
