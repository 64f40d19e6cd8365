/** Journeys as trees: steps one after the other, branches, forks with or without a join, loops around a wait. */
import fc from 'fast-check';
import { awaitingOther, group, pause, randomNode, type RandomNode } from './random-configs';

/** Where a port leads: on, to the end, nowhere drawn, or through a block of its own and on. */
export type Way = 'rest' | 'end' | 'open' | Block;

export interface Single {
  readonly kind: 'node';
  readonly node: RandomNode;
  readonly ways: readonly Way[];
  readonly skip: object | null;
  readonly error: Way;
  readonly retry: boolean;
}

export interface Fork {
  readonly kind: 'fork';
  readonly branches: readonly { readonly block: Block; readonly joins: boolean }[];
  /** Null leaves the branches to their own ends. */
  readonly join: { readonly wait: 'all' | 'any' | number; readonly timeout?: string } | null;
  readonly late: Way;
}

export interface Loop {
  readonly kind: 'loop';
  readonly body: Block;
  readonly pause: RandomNode;
  readonly again: object;
  readonly byJump: boolean;
}

type Step = Single | Fork | Loop;
export type Block = readonly Step[];

/** Random trees of nodes of the types that may occur. */
export function randomTree(accepts: (type: string) => boolean): fc.Arbitrary<Block> {
  const { block } = fc.letrec<{ block: Block; step: Step; way: Way }>((tie) => ({
    block: fc.array(tie('step'), { minLength: 1, maxLength: 4, depthIdentifier: 'graph' }),
    way: fc.oneof(
      { depthIdentifier: 'graph', maxDepth: 2 },
      { weight: 5, arbitrary: fc.constant<Way>('rest') },
      { weight: 1, arbitrary: fc.constantFrom<Way>('end', 'open') },
      { weight: 2, arbitrary: tie('block') },
    ),
    step: fc.oneof(
      { depthIdentifier: 'graph', maxDepth: 2 },
      { weight: 8, arbitrary: single(tie('way'), accepts) },
      { weight: 2, arbitrary: fork(tie('block'), tie('way')) },
      { weight: 1, arbitrary: loop(tie('block')) },
    ),
  }));
  return block;
}

const open: fc.Arbitrary<Way> = fc.constant('open');

const single = (way: fc.Arbitrary<Way>, accepts: (type: string) => boolean): fc.Arbitrary<Step> =>
  fc.record({
    kind: fc.constant('node' as const),
    node: randomNode(accepts),
    ways: fc.array(way, { minLength: 1, maxLength: 3 }),
    skip: fc.option(group, { freq: 5, nil: null }),
    error: fc.oneof({ weight: 2, arbitrary: open }, { weight: 1, arbitrary: way }),
    retry: fc.boolean(),
  });

const fork = (block: fc.Arbitrary<Block>, way: fc.Arbitrary<Way>): fc.Arbitrary<Step> =>
  fc
    .record({
      kind: fc.constant('fork' as const),
      branches: fc.array(fc.record({ block, joins: fc.boolean() }), { minLength: 2, maxLength: 3 }),
      join: fc.option(
        fc.record(
          {
            wait: fc.constantFrom('all' as const, 'any' as const, 2),
            timeout: fc.constantFrom('1h', '1 day'),
          },
          { requiredKeys: ['wait'] },
        ),
        { freq: 4 },
      ),
      late: way,
    })
    .map((each) => each as Fork);

const loop = (body: fc.Arbitrary<Block>): fc.Arbitrary<Step> =>
  fc.record({
    kind: fc.constant('loop' as const),
    body,
    pause: fc.oneof(
      pause.map((data) => ({ type: 'wait', data })),
      awaitingOther.map((data) => ({ type: 'wait_for_event', data })),
    ),
    again: group,
    byJump: fc.boolean(),
  });
