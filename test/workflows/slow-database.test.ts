/** A database that keeps silent makes workflow tasks last; their histories must replay all the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import { msToTs } from '@temporalio/common/lib/time';
import type { Database } from '../../src/db/client';
import type { Definition } from '../../src/journey/definition';
import { define } from '../support/define';
import { disturbed } from '../support/disturbed-database';
import { eventually } from '../support/eventually';
import { historiesOf } from '../support/executions';
import { createReplay, type Replay } from '../support/histories';
import { type ReceivingServer, startReceivingServer } from '../support/http';
import { type Journeys, startJourneys } from '../support/journeys';

const LONG = 60_000;
const facts = new Set(['advance', 'look']);

let replay: Replay;
let web: ReceivingServer;
let world: Journeys | undefined;

beforeAll(async () => {
  [replay, web] = await Promise.all([createReplay(), startReceivingServer()]);
});
afterAll(() => web.close());
afterEach(async () => world?.close());

/** The database, which is silent for a while once an activity of some name asks it something. */
function silentOnce(db: Database, { asks, forMs }: { asks: string; forMs: number }) {
  let silence: Promise<unknown> | undefined;
  const before = async (activity: string) => {
    // How long it is silent is the fault itself; nobody waits for it.
    if (activity === asks) silence ??= sleep(forMs);
    if (facts.has(activity)) await silence;
  };
  return { db: disturbed(db, before), isSilent: () => silence !== undefined };
}

async function replayed(journeys: Journeys, workflowId: string, definition: Definition) {
  const histories = await historiesOf(journeys.client, workflowId);
  for (const history of histories) await replay({ workflowId, definition, history });
}

test(
  'replays what was signalled while a look lasted as long as a workflow task may',
  async () => {
    world = await startJourneys();
    const slow = silentOnce(world.db, { asks: 'look', forMs: 9_500 });
    await world.replaceWorkers({ db: slow.db });
    let answer: () => void = () => undefined;
    web.answer = (response) => {
      answer = () => void response.end('{}');
    };
    const definition = define({
      nodes: {
        call: ['http_request', { url: `${web.url}/x` }],
        thanks: ['http_request', { url: `${web.url}/y` }],
      },
      goals: [{ id: 'good', event: 'qualified' }],
    });
    const { id: contactId } = await world.contact();
    const row = await world.enroll(await world.publish(definition), contactId);
    const ring = () => world?.enrollments.ring(row, { kind: 'event', id: row.id });
    await eventually('she is being called about', async () => web.calls.length === 1);
    await ring();
    await eventually('the database is silent', async () => slow.isSilent());
    await ring();
    answer();
    web.answer = (response) => void response.end('{}');
    await ring();
    expect(await world.ended(row.id)).toMatchObject({ status: 'completed' });
    await replayed(world, row.temporalWorkflowId, definition);
  },
  LONG,
);

test(
  'tells the time as on replay when its task was heartbeaten',
  async () => {
    world = await startJourneys({
      interceptors: {
        workflow: [
          {
            startWithDetails: (input, next) =>
              next({ ...input, options: { ...input.options, workflowTaskTimeout: msToTs('1s') } }),
          },
        ],
      },
    });
    const slow = silentOnce(world.db, { asks: 'advance', forMs: 1_500 });
    await world.replaceWorkers({ db: slow.db });
    const definition = define({ nodes: { pause: ['wait', { for: 1_100 }] } });
    const { id: contactId } = await world.contact();
    const row = await world.enroll(await world.publish(definition), contactId);
    expect(await world.ended(row.id)).toMatchObject({ status: 'completed' });
    await replayed(world, row.temporalWorkflowId, definition);
  },
  LONG,
);
