import { describeRuntime } from '../runtime.suite';
import { type Journeys, startJourneys } from '../support/journeys';
import { runOnTemporal } from '../support/run-on-temporal';

let starting: Promise<Journeys> | undefined;

// Concurrent tests begin before `beforeAll` has finished, so the first to ask starts.
function journeys(): Promise<Journeys> {
  starting ??= startJourneys();
  return starting;
}

afterAll(async () => (await starting)?.close());

describeRuntime('Temporal', async (scenario) => {
  const { observed } = await runOnTemporal(await journeys(), scenario);
  return observed;
});
