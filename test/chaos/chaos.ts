/** One run: people travel while things break, then everything is compared; and once more with the guards off. */
import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from '../support/long-run';
import { act } from './act';
import { scheduleOf } from './faults';
import { judgeHistories } from './histories';
import { journeysOf } from './journeys';
import { Ledger } from './ledger';
import { loadUp, type Workspace } from './load';
import { observe, openEnrollments, outboxLength } from './observed';
import { type EffectFindings, judgeEffects, provesDuplicates } from './oracle-effects';
import { judgeWalks } from './oracle-walk';
import { type Plan, WORKSPACES } from './plan';
import { probe } from './probes';
import { type Mood, MOODS } from './provider';
import { measureRecovery } from './recovery';
import type { Results } from './report';
import { createRest, type Rest } from './rest';
import { type Stack, startStack } from './stack';
import { finder, openWorkspaces } from './workspaces';

type Say = (line: string) => void;

/** Rejects when `signal` says so, with all servers and processes ended. */
export async function runChaos(plan: Plan, say: Say, signal: AbortSignal): Promise<Results> {
  say(`Seed ${plan.seed}: starting PostgreSQL, Temporal, links, provider, API and workers`);
  const stack = await startStack(plan);
  try {
    return await Promise.race([bothPhases(stack, plan, say), aborted(signal)]);
  } finally {
    await stack.stop();
  }
}

async function bothPhases(stack: Stack, plan: Plan, say: Say): Promise<Results> {
  const count = { again: 0 };
  const rest = createRest(stack.apiAddresses, count);
  const { sql, httpUrl } = stack;
  const workspaces = await openWorkspaces({
    ...{ sql, httpUrl, rest, databaseUrl: stack.postgres.url, count: WORKSPACES },
    journeys: journeysOf(plan.seed, WORKSPACES * plan.workflows, httpUrl),
  });
  say(
    `${WORKSPACES} workspaces with ${plan.workflows + 2} workflows each; faults begin (${stack.folder})`,
  );
  const main = await phase(stack, rest, workspaces, plan, say, {
    mood: MOODS.usual,
    afterwards: MOODS.well,
  });
  const histories = await judgeHistories(stack.temporal.port, stack.folder, plan.mostHistories);
  const unasked = [...stack.workers, ...stack.apis]
    .filter((child) => child.unasked > 0)
    .map((child) => `${child.name} ×${child.unasked}`);
  say('The same with the guards off');
  await stack.useUnguarded();
  const control = await phase(stack, rest, workspaces, controlOf(plan), say, {
    mood: MOODS.losing,
    afterwards: MOODS.losing,
    isEnough: (found) => !plan.judgesTimes && provesDuplicates(found),
  });
  const { linkKind } = stack;
  return {
    ...{ plan, linkKind, ...main, repeatedCalls: count.again, histories, unasked },
    ...{ control: control.effects, controlLedger: control.ledger },
  };
}

function controlOf(plan: Plan): Plan {
  const { controlMs: loadMs, controlSettleMs: settleMs, controlPerSecond: perSecond } = plan;
  return { ...plan, loadMs, settleMs, perSecond };
}

interface Phase {
  readonly mood: Mood;
  /** The provider's mood when there are no more faults. */
  readonly afterwards: Mood;
  /** Whether what was found so far is all that is asked for. */
  readonly isEnough?: (found: EffectFindings) => boolean;
}

async function phase(
  stack: Stack,
  rest: Rest,
  workspaces: readonly Workspace[],
  plan: Plan,
  say: Say,
  { mood, afterwards, isEnough = () => false }: Phase,
) {
  const beganAt = Date.now();
  stack.provider.ledger = new Ledger();
  stack.provider.mood = mood;
  const schedule = scheduleOf(plan);
  const [promised, faults] = await Promise.all([
    loadUp(rest, workspaces, {
      ...{ seed: plan.seed, forMs: plan.loadMs, perSecond: plan.perSecond },
      isFull: async () => (await openEnrollments(stack.sql).catch(() => 0)) > plan.mostOpen,
    }),
    act(stack, schedule, say),
    plan.judgesTimes ? probe(rest, workspaces, schedule) : null,
  ]);
  await stack.heal();
  stack.provider.mood = afterwards;
  say('No more faults; everybody may finish');
  const over = Math.max(beganAt, ...faults.map(({ endedAt }) => endedAt));
  const { ledger } = stack.provider;
  const settled = await settle(stack, plan.settleMs, over, async () =>
    isEnough(judgeEffects(await observe(stack.sql, new Date(beganAt)), ledger, faults)),
  );
  const observed = await observe(stack.sql, new Date(beganAt));
  const find = finder(workspaces, stack.httpUrl);
  return {
    ...{ beganAt, promised, faults, ...settled, observed, ledger },
    walks: judgeWalks(observed, find, plan.seenWithinMs),
    effects: judgeEffects(observed, ledger, faults),
    recovery: measureRecovery(observed, find, faults),
  };
}

/** Resolves when nothing is left to do, when `isEnough` says so, or when the patience is at its end. */
async function settle(
  stack: Stack,
  patienceMs: number,
  over: number,
  isEnough: () => Promise<boolean>,
) {
  const until = Date.now() + patienceMs;
  let drainedAfterMs: number | null = null;
  while (Date.now() < until) {
    const [rows, open] = await Promise.all([outboxLength(stack.sql), openEnrollments(stack.sql)]);
    if (rows === 0) drainedAfterMs ??= Date.now() - over;
    if (rows === 0 && open === 0) return { drainedAfterMs, settledAfterMs: Date.now() - over };
    if (await isEnough()) break;
    await sleep(500);
  }
  return { drainedAfterMs, settledAfterMs: null };
}
