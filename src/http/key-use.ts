import type { KeyIdentity } from '../db/api-keys';
import { noteKeyUse } from '../db/issued-keys';
import type { HttpDeps } from './deps';

const EVERY_MS = 60_000;
/** Keys that are remembered; who is forgotten is noted once more. */
const MOST = 10_000;

/** Notes that a key is used, to the minute and beside the request: nobody waits for it. */
export function createKeyUse({
  db,
  log,
}: Pick<HttpDeps, 'db' | 'log'>): (key: KeyIdentity) => void {
  const notedAt = new Map<string, number>();
  return ({ workspaceId, keyId }) => {
    const now = performance.now();
    if (now - (notedAt.get(keyId) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    notedAt.delete(keyId);
    notedAt.set(keyId, now);
    const [oldest] = notedAt.keys();
    if (notedAt.size > MOST && oldest !== undefined) notedAt.delete(oldest);
    db.inWorkspace(workspaceId, (tx) => noteKeyUse(tx, keyId)).catch((error: unknown) => {
      log.warn(
        { event: 'key.use_not_noted', workspaceId, keyId, err: error },
        'That a key was used was not noted.',
      );
    });
  };
}
