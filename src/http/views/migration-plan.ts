/** Migration plans as callers see them. */
import { z } from 'zod';
import { instant } from '../common';
import type { MigrationPlan, PlanGroup } from '../migration-plan';

export const planSchema = z
  .object({
    to: z.int().nullable().describe('Null for a definition that is no version yet.'),
    hash: z.string().describe('Give it to the migration, which is refused if it no longer fits.'),
    nodes: z.array(
      z.object({
        version: z.int(),
        nodeId: z.string(),
        count: z.int().describe('How many stand there of whom this would become.'),
        paused: z.int().describe('How many of them are paused: they move, and stand still.'),
        becomes: z.string().nullable().describe('The node on which they go on.'),
        would: z
          .enum(['waits', 'goes_on_at_once', 'begins_anew', 'cannot_move'])
          .describe('`begins_anew`: the node is new to them, so its wait counts from the move.'),
        why: z.string().nullable().describe('Why they cannot move.'),
        sendsAtOnce: z.int().describe('To how many of them a message would go at once, at most.'),
        waitUntil: z
          .object({ earliest: instant, latest: instant })
          .nullable()
          .describe('When their waits would end, where that is known.'),
      }),
    ),
    totals: z.object({
      people: z.int(),
      paused: z.int(),
      cannotMove: z.int(),
      sendsAtOnce: z.int(),
    }),
  })
  .meta({ id: 'MigrationPlan' });

export function planView(
  to: number | null,
  { hash, groups, totals }: MigrationPlan,
): z.infer<typeof planSchema> {
  return { to, hash, nodes: groups.map(groupView), totals: { ...totals } };
}

function groupView(group: PlanGroup) {
  const { version, node, count, paused, becomes, would, why, sendsAtOnce } = group;
  const { earliest, latest } = group;
  return {
    ...{ version, nodeId: node, count, paused, becomes, would, why, sendsAtOnce },
    waitUntil:
      earliest === null || latest === null
        ? null
        : {
            earliest: new Date(earliest).toISOString(),
            latest: new Date(latest).toISOString(),
          },
  };
}
