import type { AddressInfo } from 'node:net';
import { ThroughlineClient } from '../../src/client/index';
import { createApiKey } from '../../src/db/api-keys';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createApp } from '../../src/http/app';
import { createLogger } from '../../src/log';
import { createSteering } from '../../src/temporal/steering';
import type { Journeys } from './journeys';

/** The API in front of everything that a journey needs, and a backend's client of it. */
export async function serveJourneys(world: Journeys) {
  const { db, workspaceId } = world;
  const { key: apiKey } = await db.inWorkspace(workspaceId, (tx) =>
    createApiKey(tx, { name: 'operator', scopes: ['admin'] }),
  );
  const server = createApp({
    db,
    enrollments: world.enrollments,
    steering: createSteering(world.client),
    evaluators: createEvaluators(),
    wakeRelay: () => world.wakeRelay(),
    links: world.links,
    ready: async () => ({ database: true, temporal: true }),
    log: createLogger('test'),
  }).listen(0);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const headers = { Authorization: `Bearer ${apiKey}` };
  const call = async (method: string, path: string): Promise<unknown> => {
    const answer = await fetch(`${address}/api/v1${path}`, { method, headers });
    return answer.json();
  };
  return {
    address,
    client: await ThroughlineClient.connect({ address, apiKey }),
    /** What was done to somebody or something, the newest first. */
    async auditOf(subjectId: string): Promise<Record<string, unknown>[]> {
      const listed = await call('GET', `/audit?subjectId=${subjectId}`);
      return (listed as { data: Record<string, unknown>[] }).data;
    },
    /** What the client has no call for. */
    post: (path: string) => call('POST', path),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
