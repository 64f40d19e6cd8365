/** One run: many people come in, all that happens to them happens, then it goes on evenly; and everything is compared. */
import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from '../support/long-run';
import { journeysOf } from '../chaos/journeys';
import { loadUp, type Promised } from '../chaos/load';
import { randomOf } from '../chaos/random';
import { createRest } from '../chaos/rest';
import { openWorkspaces, publish } from '../chaos/workspaces';
import { errandsOf } from './errands';
import { enter, letIn } from './entering';
import { live, storm } from './happenings';
import { judge, type Judgement } from './judge';
import { measured, type Phase, type Sample, sampled } from './measure';
import { peopleOf, nameOf, type Person, type Place } from './people';
import type { Plan } from './plan';
import { nothingTold, Sender, type Told } from './sends';
import { type Stack, startStack } from './stack';
import { atTheGate, Gatekeeper, isAtRest, whileMoving } from './standing';

type Say = (line: string) => void;

export interface Results extends Judgement {
  readonly plan: Plan;
  readonly beganAt: number;
  readonly people: { readonly scale: number; readonly soak: number; readonly staying: number };
  readonly soakPerSecond: number;
  /** Names of phases that came to a standstill before their end. */
  readonly standstills: readonly string[];
  readonly told: Told;
  readonly strangers: Promised;
  readonly repeatedCalls: number;
  readonly phases: Readonly<Record<PhaseName, Phase>>;
  /** Of the soak alone. */
  readonly samples: readonly Sample[];
}

export type PhaseName = 'entry' | 'storm' | 'soak';

/** Rejects when `signal` says so, with all servers and processes ended. */
export async function runLoad(plan: Plan, say: Say, signal: AbortSignal): Promise<Results> {
  say(`Seed ${plan.seed}: starting PostgreSQL, Temporal, provider, API and workers`);
  const stack = await startStack(plan);
  try {
    return await Promise.race([allPhases(stack, plan, say), aborted(signal)]);
  } finally {
    await stack.stop();
  }
}

/** What all phases share. */
interface Run {
  readonly stack: Stack;
  readonly plan: Plan;
  readonly say: Say;
  readonly places: readonly Place[];
  readonly sender: Sender;
  readonly strangers: Promised;
  readonly standstills: string[];
}

async function allPhases(stack: Stack, plan: Plan, say: Say): Promise<Results> {
  const count = { again: 0 };
  const rest = createRest([stack.apiAddress], count);
  const places = await openPlaces(stack, rest, plan);
  const run: Run = {
    ...{ stack, plan, say, places, sender: new Sender(rest, nothingTold()), standstills: [] },
    strangers: { enrollmentIds: [], eventIds: [], refused: [] },
  };
  const beganAt = Date.now();
  const many = peopleOf({ seed: plan.seed, count: plan.people, places, group: 'p' });
  say(`${places.length} workspaces are ready; ${many.length} people enter (${stack.folder})`);
  const entry = await measured(stack, () => enterAll(run, many));
  say('Everybody waits; the storm');
  const stormed = await measured(stack, () => stormAll(run, many));
  const spentMs = Date.now() - beganAt;
  const soakMs = Math.max(plan.leastSoakMs, plan.forMs - spentMs);
  const asked = plan.perSecond ?? many.length / 2 / (spentMs / 1_000);
  const soakers = Math.max(places.length, Math.round((asked * soakMs) / 1_000));
  const perSecond = soakers / (soakMs / 1_000);
  const few = peopleOf({ seed: plan.seed, count: soakers, places, group: 's', singly: true });
  say(
    `Everything is over; ${perSecond.toFixed(1)} people a second for ${Math.round(soakMs / 1_000)} s`,
  );
  const { samples, result: soak } = await sampled(stack.processes, plan.sampleMs, () =>
    measured(stack, () => soakAll(run, few, { soakMs, waiting: staying(many) })),
  );
  say('The last ones are through; comparing');
  const people = [...many, ...few];
  return {
    ...{ plan, beganAt, samples, soakPerSecond: perSecond, repeatedCalls: count.again },
    ...{ standstills: run.standstills, told: run.sender.told, strangers: run.strangers },
    people: { scale: many.length, soak: few.length, staying: staying(people) },
    phases: { entry: entry.phase, storm: stormed.phase, soak: soak.phase },
    ...(await judge({ stack, plan, rest, places, people }, stormed.phase, soak.phase)),
  };
}

const staying = (people: readonly Person[]): number =>
  people.filter(({ expected }) => expected.status === 'waiting').length;

async function openPlaces(
  { sql, databaseUrl, httpUrl }: Stack,
  rest: ReturnType<typeof createRest>,
  plan: Plan,
): Promise<Place[]> {
  const { seed, workspaces: count, workflows, mostRounds } = plan;
  const journeys = journeysOf(seed, count * workflows, httpUrl);
  const opened = await openWorkspaces({ sql, databaseUrl, httpUrl, rest, count, journeys });
  return Promise.all(
    opened.map(async (workspace, index) => {
      const home = `w${index}`;
      const errands = errandsOf({ seed, count: plan.errands, mostRounds, home, httpUrl });
      await publish(
        rest,
        workspace.apiKey,
        errands.map(({ journey }) => journey),
      );
      return { ...workspace, home, errands };
    }),
  );
}

/** Resolves when everybody stands at the gate. */
async function enterAll({ stack, plan, sender, standstills }: Run, people: readonly Person[]) {
  await letIn(sender, people);
  const { sql } = stack;
  const areThere = async () => (await atTheGate(sql)) >= people.length;
  if (!(await whileMoving(sql, plan.quietMs, areThere))) standstills.push('entering');
}

/** A tenth as many who are on random journeys come by meanwhile. */
const STRANGERS_SHARE = 0.1;
const STRANGERS_PER_SECOND = 5;

async function stormAll(run: Run, people: readonly Person[]): Promise<void> {
  const { plan, sender } = run;
  await Promise.all([
    storm(sender, people, plan.seed),
    passBy(run, {
      seed: plan.seed,
      perSecond: STRANGERS_PER_SECOND,
      forMs: ((STRANGERS_SHARE * people.length) / STRANGERS_PER_SECOND) * 1_000,
    }),
  ]);
  await settle(run, 'the storm', staying(people));
}

async function passBy(
  { places, sender, strangers }: Run,
  options: { readonly seed: number; readonly perSecond: number; readonly forMs: number },
): Promise<void> {
  const promised = await loadUp(sender.rest, places, { ...options, isFull: async () => false });
  strangers.enrollmentIds.push(...promised.enrollmentIds);
  strangers.eventIds.push(...promised.eventIds);
  strangers.refused.push(...promised.refused);
}

/** The share of people who are on random journeys, in the soak. */
const STRANGERS_IN_SOAK = 0.2;

interface Soak {
  readonly soakMs: number;
  /** Who waits for good already. */
  readonly waiting: number;
}

async function soakAll(run: Run, people: readonly Person[], { soakMs, waiting }: Soak) {
  const { stack, plan } = run;
  const gatekeeper = new Gatekeeper(stack.sql);
  const from = Date.now();
  const perSecond = (STRANGERS_IN_SOAK * people.length) / (soakMs / 1_000);
  const lives = people.map(async (person, index) => {
    await sleep(Math.max(0, from + (index / people.length) * soakMs - Date.now()));
    await pass(run, gatekeeper, person);
  });
  await gatekeeper.during(
    Promise.all([...lives, passBy(run, { seed: plan.seed + 1, perSecond, forMs: soakMs })]),
  );
  await settle(run, 'the soak', waiting + staying(people));
}

/** How long one person may take to the gate before her events come anyway. */
const GATE_MS = 600_000;

async function pass(run: Run, gatekeeper: Gatekeeper, person: Person): Promise<void> {
  const { plan, sender } = run;
  await enter(sender, person);
  if (!(await gatekeeper.reached(person, GATE_MS)))
    run.standstills.push(`${nameOf(person)} before the gate`);
  await live(sender, person, randomOf(plan.seed, `life of ${nameOf(person)}`));
}

/** Resolves when nothing is left to do, or nothing moves any more. */
async function settle({ stack: { sql }, plan, standstills }: Run, what: string, waiting: number) {
  const isOver = await whileMoving(sql, plan.quietMs, () => isAtRest(sql, waiting));
  if (!isOver) standstills.push(what);
}
