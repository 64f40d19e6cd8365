/** One journey on Temporal's own server, which keeps everything in PostgreSQL and is killed on the way. */
import { chmodSync } from 'node:fs';
import { removeFolders, closedFolder } from '../dev/folders';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { historiesOf } from '../support/executions';
import { type Journeys, startJourneys } from '../support/journeys';
import { addressOf } from '../support/server-address';
import {
  canHaveTemporalServer,
  type PostgresTemporal,
  startTemporalOnPostgres,
  temporalServerPrograms,
} from '../support/temporal-server';

const BUILD_AND_START = 30 * 60_000;
const LONG = 240_000;

let server: PostgresTemporal | undefined;
let world: Journeys | undefined;

(canHaveTemporalServer() ? describe : describe.skip)("on Temporal's server with PostgreSQL", () => {
  beforeAll(async () => {
    const programs = await temporalServerPrograms();
    const folder = closedFolder();
    chmodSync(folder, 0o755);
    server = await startTemporalOnPostgres(programs, await addressOf('postgres'), folder);
    world = await startJourneys({ address: server.address });
  }, BUILD_AND_START);
  afterAll(async () => {
    await world?.close();
    await server?.stop();
    removeFolders();
  }, LONG);

  test(
    'people are mailed, wait, and reach their goal; a server killed meanwhile loses nobody and nothing',
    async () => {
      if (world === undefined || server === undefined) throw new Error('It did not start.');
      const journeys = world;
      const definition = define({
        nodes: {
          mail: ['send_email', { subject: 'Hello', text: 'Hello' }],
          wait: ['wait_for_event', { event: 'never.happens', timeout: '20s' }],
          late: ['send_email', { subject: 'Are you there?', text: 'Hello' }],
        },
        edges: [
          'mail -> wait',
          'mail:not_sent -> wait',
          'wait:timed_out -> late',
          'wait:received -> end',
          'late -> end',
          'late:not_sent -> end',
        ],
        goals: [{ id: 'paid', event: 'cart.paid' }],
      });
      const key = 'cart';
      const workflowId = await journeys.publish(definition, key);
      const [ada, bo] = [
        await journeys.contact({ email: 'ada@example.com' }),
        await journeys.contact({ email: 'bo@example.com' }),
      ];
      const hers = await journeys.enroll(workflowId, ada.id);
      const his = await journeys.enroll(workflowId, bo.id);
      await eventually('both wait', async () => {
        const rows = await Promise.all([journeys.row(hers.id), journeys.row(his.id)]);
        return rows.every((row) => row?.waitUntil);
      });
      const before = await historiesOf(journeys.client, hers.temporalWorkflowId);

      await server.kill();
      await journeys.event(ada.id, 'cart.paid');
      await server.start();

      expect(await journeys.ended(hers.id)).toMatchObject({
        status: 'goal_reached',
        goalId: 'paid',
      });
      expect(await journeys.ended(his.id)).toMatchObject({ status: 'completed', error: null });
      const mails = journeys.catcher.messages().map(({ to, subject }) => `${to}: ${subject}`);
      expect(mails.toSorted()).toEqual([
        'ada@example.com: Hello',
        'bo@example.com: Are you there?',
        'bo@example.com: Hello',
      ]);
      const after = await historiesOf(journeys.client, hers.temporalWorkflowId);
      expect(eventsOf(after).slice(0, eventsOf(before).length)).toEqual(eventsOf(before));
      const query = `ThroughlineWorkflow = "${key}" AND ExecutionStatus = "Completed"`;
      await eventually('the Web UI finds both by what they are', async () => {
        const { count } = await journeys.client.workflow.count(query);
        return count === 2;
      });
    },
    LONG,
  );
});

function eventsOf(histories: readonly unknown[]): readonly unknown[] {
  return histories.flatMap((history) => (history as { events: unknown[] }).events);
}
