import { indexGraph } from '../../src/journey/graph';
import { createRunContext } from '../../src/journey/run-context';
import type { RunContext, Runtime } from '../../src/journey/runtime';
import { initialState } from '../../src/journey/state';
import { Stop } from '../../src/journey/stop';
import { define } from '../support/define';

interface Bell {
  ring(): void;
}

/** A node's context on a runtime whose effects do what the test says, and whose sleeps are counted. */
function contextWith(effect: (bell: Bell) => void): RunContext & Bell & { slept(): number } {
  let bells = 3;
  let slept = 0;
  let wakeUp = (): void => undefined;
  const ring = () => {
    bells += 1;
    wakeUp();
  };
  const runtime = {
    now: () => 0,
    bells: () => bells,
    commandsDue: () => false,
    shouldContinue: () => false,
    perform: async () => {
      effect({ ring });
      return { outcome: 'unknown', reason: 'hold', deliveryKey: 'k' };
    },
    sleep: ({ wake }: { wake: () => boolean }) =>
      new Promise<void>((resolve) => {
        if (!wake()) slept += 1;
        wakeUp = () => (wake() ? resolve() : undefined);
        wakeUp();
      }),
  } as unknown as Runtime;
  const [cursor] = initialState('e', 'mail', 0).cursors;
  if (cursor === undefined) throw new Error('A new enrollment has a path.');
  const context = createRunContext({
    enrollmentId: 'e',
    startedAt: 0,
    label: 'Mail',
    cursor,
    runtime,
    stop: new Stop(),
    node: indexGraph(
      define({ nodes: { mail: ['send_email', { subject: 'Hi', text: 'Hi' }] } }),
    ).node('mail'),
    visitsOf: () => undefined,
    isEffect: () => true,
    watchState: () => ({ reached: [], armed: [] }),
    moves: () => 0,
    waits: () => undefined,
    joined: () => true,
    considerStopping: () => undefined,
  });
  return Object.assign(context, { ring, slept: () => slept });
}

it('hears a bell that rang while the effect was under way: the effect may have looked before', async () => {
  const context = contextWith(({ ring }) => ring());
  await context.perform('sendEmail', {});
  await context.waitForDoorbell();
  expect(context.slept()).toBe(0);
});

it('waits for a bell that is new, and for another one the next time', async () => {
  const context = contextWith(() => undefined);
  await context.perform('sendEmail', {});
  for (const times of [1, 2]) {
    const waiting = context.waitForDoorbell();
    context.ring();
    await waiting;
    expect(context.slept()).toBe(times);
  }
});
