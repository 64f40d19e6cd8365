/** The servers on which random journeys are played: time can be skipped, calls and mails fail as staged. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Json } from '../../src/journey/json';
import { startReceivingServer } from './http';
import { type Journeys, startJourneys } from './journeys';
import { startFaultyMailServer } from './smtp';
import { REFUSED } from './stage-random';
import { publishTargets } from './targets';
import type { TestServerProgram } from './time-skipping';

export interface Stage {
  readonly env: TestWorkflowEnvironment;
  readonly world: Journeys;
  readonly httpUrl: string;
  /** What the web server answers, by path; 503 for null. */
  readonly answers: Map<string, Json | null>;
  /** The key of a workflow that ends with this status; see `Staging`. */
  target(status: string): string;
  close(): Promise<void>;
}

/** Fresh histories are out of place: the test server begins one and loses a bell between two. */
const options = { searchAttributes: false, historyLimit: 40_000 };

export async function openStage(executable: TestServerProgram): Promise<Stage> {
  quieten();
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  const mail = await startFaultyMailServer();
  mail.refuses = (address) => (address.startsWith(REFUSED) ? 450 : null);
  const { address } = env;
  const world = await startJourneys({ address, smtpUrl: mail.url, skipsTime: true, options });
  const web = await startReceivingServer();
  const answers = new Map<string, Json | null>();
  web.answer = (response, { path }) => {
    const answer = answers.get(path);
    response.statusCode = answer === null ? 503 : 200;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer ?? null));
  };
  const targets = await publishTargets(world);
  return {
    env,
    world,
    httpUrl: web.url,
    answers,
    target(status) {
      const key = targets.get(status);
      if (key === undefined) throw new Error(`No workflow ends as "${status}".`);
      return key;
    },
    async close() {
      await world.close();
      await Promise.all([web.close(), mail.stop(), env.teardown()]);
    },
  };
}

let isQuiet = false;

/** Calls that fail are part of the journeys, and the SDK's words about them are many. */
function quieten(): void {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isQuiet = true;
}
