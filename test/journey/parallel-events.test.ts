/** Events and messages of several paths at once; every case also with a fresh history begun at every chance. */
import { hours, pathOf, walk } from '../support/walk';
import { fork, pause } from './parallel-nodes';

describe('events and messages', () => {
  const mail = ['send_email', { subject: 'Hi', text: 'Hello' }] as const;
  const opened = (timeout: string) =>
    ['wait_for_event', { event: 'email.opened', timeout }] as const;
  const openedAt = (hour: number, node: string) => ({
    at: hours(hour),
    event: { type: 'email.opened' },
    node,
  });

  it('branches inherit the last message, and each may hear the same event', async () => {
    const result = await walk(
      {
        nodes: { mail, fork: fork('a', 'b'), one: opened('5h'), two: opened('5h') },
        edges: ['mail -> fork', 'fork:a -> one', 'fork:b -> two'],
      },
      { script: [openedAt(1, 'mail')] },
    );
    expect(pathOf(result).slice(2)).toEqual(['one:received@1', 'two:received@1']);
  });

  const joined = {
    nodes: {
      fork: fork('a', 'b'),
      early: mail,
      slow: pause('1h'),
      late: mail,
      meet: ['join'],
      wait: opened('5h'),
    },
    edges: [
      'fork:a -> early',
      'fork:b -> slow',
      'slow -> late',
      'early -> meet',
      'late -> meet',
      'meet -> wait',
    ],
  } as const;

  it('a join keeps the latest message of its branches, whoever held it', async () => {
    const ofEarly = await walk(joined, { script: [openedAt(2, 'early')] });
    const ofLate = await walk(joined, { script: [openedAt(2, 'late')] });
    expect(pathOf(ofEarly).at(-1)).toBe('wait:timed_out@6');
    expect(pathOf(ofLate).at(-1)).toBe('wait:received@2');
  });

  it.each([
    ['first', '2h', 2],
    ['last', '30m', 1],
  ])(
    'an event that the branch heard that arrived %s satisfies no wait behind the join',
    async (_title, other, met) => {
      const paid = (timeout: string) =>
        ['wait_for_event', { event: 'cart.paid', timeout, since: 'enrolled' }] as const;
      const result = await walk(
        {
          nodes: {
            fork: fork('a', 'b'),
            other: pause(other),
            one: paid('5h'),
            meet: ['join'],
            two: paid('3h'),
          },
          edges: [
            'fork:a -> other',
            'fork:b -> one',
            'other -> meet',
            'one -> meet',
            'meet -> two',
          ],
        },
        { script: [{ at: hours(1), event: { type: 'cart.paid' } }] },
      );
      const path = pathOf(result);
      expect(path).toContain(`meet:next@${met}`);
      expect(path.at(-1)).toBe(`two:timed_out@${met + 3}`);
    },
  );
});
