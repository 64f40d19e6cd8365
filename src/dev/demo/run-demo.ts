/**
 * The demo: abandoned-cart recovery for 24 people, with a worker that is killed on the way.
 *
 * Owns: the order of things. Does not own: who does what (cast.ts, script.ts), the kill (kill-worker.ts),
 * what must be true at the end (expect.ts, verify.ts), its words (explain.ts, report.ts).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ThroughlineClient } from '../../client';
import type { DemoContext } from '../demo-context';
import { CAST } from './cast';
import { conclude } from './conclude';
import { demoDefinition, type DemoDefinition, newRunId } from './definition';
import { enterAll } from './enter';
import { gatherFacts, openFacts, type Query } from './facts';
import { createNarrator, type Narrator } from './narrator';
import { killAndReturn } from './outage';
import { play, type Player, type Stage } from './script';
import { openInbox, readInbox, watchWorld, type World } from './world';

const LONGEST_MS = 120_000;
/** How long the last scripts may go on when every journey is over. */
const LAST_ACTS_MS = 3_000;
/** Time for a mail that must not come. */
const SETTLE_MS = 1_500;

/**
 * Runs the demo on a copy that is up. True when every enrollment ended as its script expects and the
 * mails that arrived agree; else false, after printing what differs.
 */
export async function runDemo(context: DemoContext): Promise<boolean> {
  try {
    return await perform(context);
  } catch (error) {
    // Without run.json the copy is being stopped: whoever did that knows why the demo ends.
    if (existsSync(join(context.home, 'run.json')))
      context.print(`The demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  } finally {
    context.delayMail(0);
  }
}

async function perform(context: DemoContext): Promise<boolean> {
  const client = await ThroughlineClient.connect({ address: context.api, apiKey: context.apiKey });
  const demo = demoDefinition(newRunId(Date.now()));
  await client.workflows.create(demo.definition);
  await client.workflows.activate(demo.key);
  const { query, close } = await openFacts(context);
  const inbox = context.inbox === null ? null : await openInbox(context.inbox);
  const world = watchWorld(client, demo.key, inbox);
  try {
    return await onStage(context, demo, { client, world, inbox, waits: demo.waits }, query);
  } finally {
    await world.close();
    await close();
  }
}

async function onStage(
  context: DemoContext,
  demo: DemoDefinition,
  stage: Stage,
  query: Query,
): Promise<boolean> {
  const narrator = createNarrator(context.print);
  announce(narrator);
  const [killed, played] = await Promise.allSettled([
    killAndReturn(context, demo.key, query, narrator),
    playAll(demo, stage, narrator),
  ]);
  if (played.status === 'rejected') throw played.reason;
  const { players, failures } = played.value;
  const mails = stage.inbox === null ? null : await readInbox(stage.inbox);
  const facts = await gatherFacts(query, players, mails);
  if (killed.status === 'rejected') failures.push(messageOf(killed.reason));
  const { kill, outage } =
    killed.status === 'fulfilled' ? killed.value : { kill: null, outage: null };
  return conclude(context, demo, { facts, kill, outage, failures });
}

function announce({ title, say }: Narrator): void {
  const zones = new Set(CAST.map(({ timeZone }) => timeZone)).size;
  title(`Demo: ${CAST.length} people in ${zones} time zones leave a cart behind`);
  say(
    `${CAST.length} people enter one by one; some will open their mail, some pay, some never answer`,
  );
}

interface Played {
  readonly players: readonly Player[];
  /** Scripts that could not be played to their end. */
  readonly failures: string[];
}

async function playAll({ key }: DemoDefinition, stage: Stage, { say }: Narrator): Promise<Played> {
  const players: Player[] = [];
  const failures: string[] = [];
  const scripts: Promise<void>[] = [];
  await enterAll(stage, key, (player) => {
    players.push(player);
    scripts.push(
      play(player, stage).catch((error: unknown) => {
        failures.push(`${player.person.name}: the script stopped: ${messageOf(error)}`);
      }),
    );
  });
  say('Everybody has entered');
  const { world } = stage;
  if (await allEnded(world)) say(`All ${CAST.length} journeys are over`);
  else failures.push(`Not every journey ended within ${LONGEST_MS / 1_000} s.`);
  const played = Promise.all(scripts);
  await Promise.race([played, sleep(LAST_ACTS_MS)]);
  await sleep(SETTLE_MS);
  await world.close();
  await played;
  return { players, failures };
}

async function allEnded(world: World): Promise<boolean> {
  const deadline = Date.now() + LONGEST_MS;
  const answer = await world.until(() => {
    if (world.ended() >= CAST.length) return 'ended';
    return Date.now() > deadline ? 'late' : null;
  });
  return answer === 'ended';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
