/** How often a call is tried, and after which pauses. */
import { callFixture } from '../support/call-fixture';
import { type CallCase, caller } from '../support/calls';
import { failureOf } from '../support/failure-of';

const desk = callFixture();
const { given, call, effectOf } = desk;

describe('the pace of attempts', () => {
  const refusing = (status: number, headers = {}) => {
    desk.server.answer = (response) => void response.writeHead(status, headers).end();
  };
  const retry = (more: object) => ({
    node: {
      retry: {
        maxAttempts: 5,
        backoff: 'linear',
        initialInterval: 2_000,
        maxInterval: 60_000,
        jitter: false,
        ...more,
      },
    },
  });
  const delayOf = async (of: CallCase, number: number) =>
    (await failureOf(caller(desk.t.db, desk.http, { number })(of))).nextRetryDelay;

  test("is the policy's", async () => {
    refusing(503);
    const of = await given({}, retry({}));
    expect([await delayOf(of, 1), await delayOf(of, 2), await delayOf(of, 40)]).toEqual([
      2_000, 4_000, 60_000,
    ]);
  });

  test('heeds Retry-After where it asks for longer, within an hour', async () => {
    const of = await given({}, retry({}));
    refusing(429, { 'retry-after': '30' });
    expect(await delayOf(of, 1)).toBe(30_000);
    refusing(429, { 'retry-after': '1' });
    expect(await delayOf(of, 1)).toBe(2_000);
    refusing(503, { 'retry-after': '99999' });
    expect(await delayOf(of, 1)).toBe(3_600_000);
  });

  test.each([
    [503, { nonRetryableErrors: ['http.status_5xx'] }, true],
    [503, { retryableErrors: ['http.timeout'] }, true],
    [404, { retryableErrors: ['http.status_4xx'] }, false],
    [404, {}, true],
  ])('of %i with %j: given up at once is %s', async (status, more, nonRetryable) => {
    refusing(status);
    const of = await given({}, retry(more));
    expect(await failureOf(call(of))).toMatchObject({ nonRetryable });
    await failureOf(call(of));
    expect(desk.server.calls).toHaveLength(
      nonRetryable && status === 404 ? 1 : nonRetryable ? 1 : 2,
    );
  });

  test('ends with the attempts that its row has seen, however Temporal counts', async () => {
    refusing(503);
    const of = await given({}, retry({ maxAttempts: 2 }));
    const again = () => failureOf(caller(desk.t.db, desk.http, { number: 1 })(of));
    expect(await again()).toMatchObject({ type: 'http.status_5xx', nonRetryable: false });
    for (const last of [await again(), await again()])
      expect(last).toMatchObject({ type: 'http.status_5xx', nonRetryable: true });
    expect(desk.server.calls).toHaveLength(2);
  });

  test('ends so too where the last attempt is in doubt, unless that was cut off', async () => {
    desk.server.answer = (_response, _call, socket) => void socket.destroy();
    const of = await given({}, retry({ maxAttempts: 1 }));
    for (const last of [await failureOf(call(of)), await failureOf(call(of))])
      expect(last).toMatchObject({ type: 'http.interrupted', nonRetryable: true });
    expect(desk.server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'http.interrupted' });
    await desk.t
      .admin`update effects set status = 'claimed', reason = null where enrollment_id = ${of.enrollmentId}`;
    desk.server.answer = (response) => void response.end();
    expect(await call(of)).toMatchObject({ outcome: 'done' });
    expect(await effectOf(of)).toMatchObject({ status: 'done', attempt: 2, resolution: 'resent' });
  });

  test('leaves a part of the time of the attempt for the record', async () => {
    desk.server.answer = () => undefined;
    const of = await given();
    const startedAt = performance.now();
    const failed = await failureOf(caller(desk.t.db, desk.http, { timeoutMs: 1_000 })(of));
    expect(failed).toMatchObject({ type: 'http.timeout', nonRetryable: false });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'http.timeout' });
  });
});
