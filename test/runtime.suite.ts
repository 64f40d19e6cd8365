/**
 * The contract of a runtime: what a journey does, whatever runs it.
 *
 * Every case runs twice: once as it is, once with a fresh history begun at every chance, which must
 * make no difference.
 */
import { basics } from './runtime-cases/basics';
import type { Cases, RunCase } from './runtime-cases/case';
import { consent } from './runtime-cases/consent';
import { decisions } from './runtime-cases/decisions';
import { doubts } from './runtime-cases/doubts';
import { effects } from './runtime-cases/effects';
import { goals } from './runtime-cases/goals';
import { limits } from './runtime-cases/limits';
import { paths } from './runtime-cases/paths';
import { steering } from './runtime-cases/steering';
import { unsubscribing } from './runtime-cases/unsubscribing';
import { waits } from './runtime-cases/waits';

export const cases: Cases = {
  ...basics,
  ...paths,
  ...goals,
  ...waits,
  ...decisions,
  ...effects,
  ...consent,
  ...unsubscribing,
  ...doubts,
  ...limits,
  ...steering,
};

/** Declares the contract's tests for one runtime. */
export function describeRuntime(name: string, run: RunCase): void {
  describe(`${name} runs a journey that`, () => {
    const all = Object.entries(cases).flatMap(([title, [scenario, expected]]) => [
      { title, scenario, expected, continueOften: false },
      { title: `${title}, continued as new`, scenario, expected, continueOften: true },
    ]);
    // One after the other would wait in turn for real seconds.
    it.concurrent.each(all)('$title', async ({ scenario, expected, continueOften }) => {
      const observed = await run({ ...scenario, continueOften });
      expect(observed).toMatchObject(expected);
    });
  });
}
