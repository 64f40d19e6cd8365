import { guarded } from '../../activities/failure';
import type { Logger } from '../../src/log';

test('an attempt that fails is logged with the ids of its input, and without the rest of it', async () => {
  const lines: object[] = [];
  const log = { error: (fields: object) => void lines.push(fields) } as unknown as Logger;
  const work = guarded(
    'sendEmail',
    async (): Promise<void> => {
      throw new TypeError('ada@example.com');
    },
    log,
  );
  const ids = { workspaceId: 'w', enrollmentId: 'e', node: 'mail', visit: 2 };
  await expect(work({ ...ids, at: 1, variables: { email: 'ada@example.com' } })).rejects.toThrow(
    'internal.error (TypeError)',
  );
  expect(lines).toEqual([
    {
      ...{ event: 'activity.failed', activity: 'sendEmail', ...ids },
      ...{ error: 'TypeError', frames: expect.any(Array) },
    },
  ]);
});
