/** What goes wrong, and when: a schedule that follows from the seed alone. */
import type { Plan } from './plan';
import { WORKERS, APIS } from './plan';
import type { MOODS } from './provider';
import { type Random, randomOf } from './random';

export const LINKS = [
  'worker-temporal',
  'worker-postgres',
  'worker-http',
  'worker-mail',
  'worker-lookup',
  'api-temporal',
  'api-postgres',
] as const;
export type LinkName = (typeof LINKS)[number];

export type Fault =
  | { readonly kind: 'worker SIGKILL' | 'worker SIGTERM'; readonly who: number }
  | { readonly kind: 'worker SIGSTOP'; readonly who: number; readonly forMs: number }
  | { readonly kind: 'API SIGKILL'; readonly who: number }
  | { readonly kind: 'Temporal SIGKILL' | 'PostgreSQL immediate stop'; readonly forMs: number }
  | {
      readonly kind: 'link cut' | 'link silent' | 'link slow';
      readonly link: LinkName;
      readonly forMs: number;
    }
  | { readonly kind: 'provider'; readonly mood: keyof typeof MOODS; readonly forMs: number };

export type FaultKind = Fault['kind'];

export interface Scheduled {
  readonly fault: Fault;
  /** From the begin of the load. */
  readonly atMs: number;
}

/** How long after a fault of a worker nothing else happens, so that recovery can be measured. */
export const QUIET_MS: Partial<Record<FaultKind, number>> = {
  'worker SIGKILL': 12_000,
  'worker SIGTERM': 4_000,
};

/** Faults of every kind in turn, each round in another order, as long as people enter. */
export function scheduleOf({ seed, loadMs, calmMs, judgesTimes }: Plan): Scheduled[] {
  const random = randomOf(seed, 'faults');
  const scheduled: Scheduled[] = [];
  // Nobody is under way in the first seconds.
  let at = 4_000;
  for (;;) {
    for (const draw of random.shuffled(judgesTimes ? DECK : SHORT_DECK)) {
      const fault = draw(random, judgesTimes ? 1 : 0.4);
      const takes = 'forMs' in fault ? fault.forMs : 0;
      if (at + takes > loadMs) return scheduled;
      scheduled.push({ fault, atMs: Math.round(at) });
      const quiet = judgesTimes ? (QUIET_MS[fault.kind] ?? 0) : 0;
      // Some come before the one before them is over.
      const overlaps = quiet === 0 && random.chance(0.25);
      at += overlaps ? calmMs / 4 : takes + quiet + calmMs * (0.25 + 0.75 * random.fraction());
    }
  }
}

type Draw = (random: Random, scale: number) => Fault;

const worker = (random: Random): number => random.between(0, WORKERS - 1);
const time = (random: Random, least: number, most: number, scale: number): number =>
  Math.round(random.between(least, most) * scale);

const kill: Draw = (random) => ({ kind: 'worker SIGKILL', who: worker(random) });
const term: Draw = (random) => ({ kind: 'worker SIGTERM', who: worker(random) });
const freeze: Draw = (random, scale) => ({
  kind: 'worker SIGSTOP',
  who: worker(random),
  forMs: time(random, 5_000, 15_000, scale),
});
const api: Draw = (random) => ({ kind: 'API SIGKILL', who: random.between(0, APIS - 1) });
const temporal: Draw = (random, scale) => ({
  kind: 'Temporal SIGKILL',
  forMs: time(random, 0, 5_000, scale),
});
const postgres: Draw = (random, scale) => ({
  kind: 'PostgreSQL immediate stop',
  forMs: time(random, 0, 5_000, scale),
});
const cut: Draw = (random, scale) => ({
  kind: 'link cut',
  link: random.pick(LINKS),
  forMs: time(random, 1_000, 8_000, scale),
});
const hush: Draw = (random, scale) => ({
  kind: 'link silent',
  link: random.pick(LINKS),
  forMs: time(random, 1_000, 8_000, scale),
});
const slow: Draw = (random, scale) => ({
  kind: 'link slow',
  link: random.pick(LINKS),
  forMs: time(random, 4_000, 10_000, scale),
});
const mood: Draw = (random, scale) => ({
  kind: 'provider',
  mood: random.pick(['refusing', 'limiting', 'hanging', 'losing'] as const),
  forMs: time(random, 5_000, 12_000, scale),
});

const SHORT_DECK: readonly Draw[] = [
  kill,
  term,
  freeze,
  api,
  temporal,
  postgres,
  cut,
  hush,
  slow,
  mood,
];
const DECK: readonly Draw[] = [...SHORT_DECK, kill, kill, term, term, api, mood, cut];
