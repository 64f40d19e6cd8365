/** The demo's workflow: the one of `examples/`, under a key of its own for every run. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDuration } from '../../journey/duration';

const EXAMPLE = resolve(__dirname, '../../../examples/abandoned-cart.json');

/** Nodes of the example that the demo speaks of. */
export const NODE = {
  pause: 'pause',
  reminder: 'reminder',
  opened: 'opened',
  interested: 'interested',
  decide: 'decide',
  vip: 'vip',
  offer: 'offer',
  offerOpened: 'offer-opened',
} as const;

export const PAYMENT = 'cart.paid';
export const OPEN = 'email.opened';
export const GOAL = 'paid';
export const INTERESTED_TAG = 'opened-cart-reminder';

/** Milliseconds that the example waits. */
export interface Waits {
  readonly pause: number;
  readonly opened: number;
  readonly offerOpened: number;
}

interface ExampleNode {
  readonly id: string;
  readonly data: { readonly for?: string; readonly timeout?: string };
}

export interface DemoDefinition {
  readonly key: string;
  readonly definition: object;
  readonly waits: Waits;
}

/** Reads the example. Kept data has the workflows of earlier runs, and a key is taken for ever. */
export function demoDefinition(runId: string): DemoDefinition {
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as { nodes: readonly ExampleNode[] };
  const key = `abandoned-cart-demo-${runId}`;
  const wait = (id: string): number => {
    const { for: length, timeout } = example.nodes.find((node) => node.id === id)?.data ?? {};
    const milliseconds = parseDuration(length ?? timeout ?? '');
    if (milliseconds === null) throw new Error(`${EXAMPLE}: the node "${id}" has no wait.`);
    return milliseconds;
  };
  return {
    key,
    definition: { ...example, key, name: 'Abandoned cart recovery (demo)' },
    waits: {
      pause: wait(NODE.pause),
      opened: wait(NODE.opened),
      offerOpened: wait(NODE.offerOpened),
    },
  };
}

/** A text that tells the runs of one copy apart and sorts by time. */
export function newRunId(now: number): string {
  return Math.floor(now / 1_000).toString(36);
}
