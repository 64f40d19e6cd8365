/** Plays what people do: reports their opens and payments as a mail service and a shop would. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ThroughlineClient } from '../../client';
import type { CaughtMail } from '../caught-mail';
import type { Person, Script } from './cast';
import { NODE, OPEN, PAYMENT, type Waits } from './definition';
import type { Inbox, World } from './world';

/** Something reported through `POST /events`; instants in milliseconds since the epoch. */
export interface Report {
  readonly type: typeof OPEN | typeof PAYMENT;
  /** The mail that was opened. */
  readonly messageId: string | null;
  /** Before the request left. */
  readonly sentAt: number;
  /** After the answer had come: from here on nothing accepted may be lost or overlooked. */
  readonly acceptedAt: number;
}

/** Somebody who entered. */
export interface Player {
  readonly person: Person;
  readonly contactId: string;
  readonly enrollmentId: string;
  /** Names the cart in every mail about it. */
  readonly cart: string;
  readonly enteredAt: number;
  readonly reports: Report[];
}

export interface Stage {
  readonly client: ThroughlineClient;
  readonly world: World;
  /** Null when mail goes elsewhere. */
  readonly inbox: Inbox | null;
  readonly waits: Waits;
}

/** How people take their time, in milliseconds. */
const EARLY_SHARE = 0.4;
const JUST_BEFORE_MS = 250;
const READS_AFTER_MS = 1_000;
const PAYS_AFTER_MS = 1_500;
const LATE_MS = 500;
const LOOK_EVERY_MS = 250;

type Act = (player: Player, stage: Stage) => Promise<void>;

const ACTS: Readonly<Record<Script, Act>> = {
  'never answers': async () => undefined,
  async 'pays early'(player, stage) {
    await sleep(stage.waits.pause * EARLY_SHARE);
    await pay(player, stage);
  },
  async 'pays just before the reminder'(player, stage) {
    const due = await reminderDue(player, stage);
    if (due === null) return;
    await sleep(Math.max(0, due - JUST_BEFORE_MS - Date.now()));
    await pay(player, stage);
  },
  async opens(player, stage) {
    await openMail(player, stage, 1);
  },
  async 'opens and pays'(player, stage) {
    if (await openMail(player, stage, 1)) await payAfter(PAYS_AFTER_MS, player, stage);
  },
  async 'opens the offer'(player, stage) {
    await openMail(player, stage, 2);
  },
  async 'pays after the offer'(player, stage) {
    if (await mail(player, stage, 2)) await payAfter(PAYS_AFTER_MS, player, stage);
  },
  async 'pays when all is over'(player, stage) {
    const { world } = stage;
    const ended = await world.until(() => world.enrollment(player.enrollmentId)?.endedAt ?? null);
    if (ended !== null) await payAfter(LATE_MS, player, stage);
  },
};

/** Plays one person's part. Resolves when there is nothing more to do, or when the demo is over. */
export async function play(player: Player, stage: Stage): Promise<void> {
  await ACTS[player.person.script](player, stage);
}

async function payAfter(milliseconds: number, player: Player, stage: Stage): Promise<void> {
  await sleep(milliseconds);
  await pay(player, stage);
}

async function pay(player: Player, stage: Stage): Promise<void> {
  const { cart, person } = player;
  await report(player, stage, PAYMENT, null, { cartId: cart, total: person.price });
}

async function openMail(player: Player, stage: Stage, which: number): Promise<boolean> {
  const arrived = await mail(player, stage, which);
  if (arrived === null) return false;
  await sleep(READS_AFTER_MS);
  await report(player, stage, OPEN, arrived.messageId, { messageId: arrived.messageId });
  return true;
}

/** The first mail about her cart, or the second; null when the demo is over before it comes. */
function mail({ cart }: Player, { world }: Stage, which: number): Promise<CaughtMail | null> {
  return world.until(() => world.mailsAbout(cart)[which - 1] ?? null);
}

/** When the first wait ends. It begins when a worker first sees the journey, which an outage delays. */
async function reminderDue(
  player: Player,
  { client, world, waits }: Stage,
): Promise<number | null> {
  for (;;) {
    const { data } = await client.enrollments.steps(player.enrollmentId);
    const pause = data.find(({ nodeId }) => nodeId === NODE.pause);
    if (pause) return Date.parse(pause.startedAt) + waits.pause;
    if (world.isOver()) return null;
    await sleep(LOOK_EVERY_MS);
  }
}

async function report(
  player: Player,
  { client }: Stage,
  type: Report['type'],
  messageId: string | null,
  properties: Record<string, string | number | null>,
): Promise<void> {
  const id = `demo:${player.cart}:${type}:${messageId ?? ''}`;
  const sentAt = Date.now();
  const answer = await client.event({ id, contactId: player.contactId, type, properties });
  if (answer.accepted !== 1)
    throw new Error(`POST /events did not accept ${type} of ${player.person.name}.`);
  player.reports.push({ type, messageId, sentAt, acceptedAt: Date.now() });
}
