/** Figures of a workflow as callers see them. */
import { z } from 'zod';
import { instant, uuid } from '../common';
import { enrollmentStatus } from './enrollment';

const rate = z.number().nullable().describe('Percent; null while there is nobody to count.');
const seconds = z.number().nullable();
const count = z.int();

export const statsSchema = z
  .object({
    workflowId: uuid,
    workflowKey: z.string(),
    version: z.int().nullable().describe('The version asked for; null for all.'),
    at: instant.describe('When the figures were so.'),
    people: z.object({
      total: count,
      open: count,
      byStatus: z.record(enrollmentStatus, count),
      byGoal: z
        .array(z.object({ goalId: z.string(), count }))
        .describe('By the last goal that each reached.'),
      retried: count.describe('Whose enrollment an operator had tried again.'),
    }),
    rates: z.object({
      goal: rate.describe('Of those who have ended, who reached a goal.'),
      failure: rate.describe('Of those who have ended, who failed.'),
      retry: rate.describe(
        'Of the messages, calls and other effects that were begun, those begun again.',
      ),
    }),
    durations: z
      .object({ count, p50: seconds, p95: seconds })
      .describe(
        'In seconds, of those who completed, reached a goal or were exited. Three digits of each count.',
      ),
    nodes: z
      .array(
        z.object({
          nodeId: z.string(),
          nodeType: z
            .string()
            .nullable()
            .describe('Null for a node that the version asked for, or the active one, has not.'),
          name: z.string(),
          entered: count.describe('Visits; a loop makes several of one person.'),
          waiting: count.describe('Who is there now.'),
          completed: count,
          failed: count,
          skipped: count,
          cancelled: count,
          ports: z.record(z.string(), count).describe('How many left by each port.'),
        }),
      )
      .describe('In the order in which the definition lists them.'),
    variants: z.array(
      z.object({
        nodeId: z.string().describe('The split.'),
        port: z.string(),
        people: count.describe('Whom it sent this way at her first visit.'),
        ended: count,
        failed: count,
        goalReached: count,
        goalRate: rate,
        failureRate: rate,
      }),
    ),
    effects: z
      .array(
        z.object({
          kind: z.string().describe('`message`, or the type of the node that made it.'),
          status: z.string(),
          count,
          repeated: count.describe('How many of them were begun more than once.'),
        }),
      )
      .describe('Messages, calls and other effects by what became of them.'),
  })
  .meta({ id: 'WorkflowStats' });

export type StatsView = z.infer<typeof statsSchema>;
