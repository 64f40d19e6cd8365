/**
 * The canonical form of a workflow definition: what a canvas edits, what a version stores.
 *
 * The `data` of a node is checked by its node type (src/language), so this file knows no type by name.
 */
import { z } from 'zod';
import { conditionGroup } from './condition';
import { eventType, nodeId } from './names';
import { enrollmentSettings } from './enrollment-settings';
import type { JsonObject } from './json';
import { journeyTests } from './journey-tests';
import { frequencyCap, quietHours } from './message-limits';
import { rateLimit } from './rate-limit';
import { attemptTimeout, retryPolicy } from './retry';
import { timeZone } from './window';

/** Ids that mean something in an edge and may not name a node. */
export const RESERVED_IDS = ['end', 'trigger'] as const;

export const MAX_NODES = 100;
const DEFAULT_VISIT_LIMIT = 100;

const KEY = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

export const workflowKey = z
  .string()
  .regex(KEY, 'A key is lower-case letters, digits and "-", at most 64.')
  .describe('Names the workflow in the workspace; immutable.');

const limited = {
  rateLimit: rateLimit
    .optional()
    .describe('How often the trigger lets the same contact in; without one, as the settings say.'),
};

const trigger = z.discriminatedUnion('type', [
  z.strictObject({
    type: z
      .literal('manual')
      .describe('Enrolled by the API, a person, a bulk job or another workflow.'),
    ...limited,
  }),
  z.strictObject({
    type: z.literal('event').describe('Enrolled when an event arrives.'),
    event: eventType,
    filter: conditionGroup.optional().describe('Which of these events enroll; all when absent.'),
    ...limited,
  }),
]);

const goal = z
  .strictObject({
    id: nodeId.describe('Names the goal in statistics and tests; stable across versions.'),
    name: z.string().max(200).optional().describe('What the goal is called in reports.'),
    event: eventType
      .optional()
      .describe('The event that reaches the goal, counted from the enrollment on.'),
    condition: conditionGroup
      .optional()
      .describe(
        'What must hold: with an event, of that event; alone, the goal is reached when it becomes true.',
      ),
    atEntry: z
      .enum(['ignore', 'fire'])
      .default('ignore')
      .describe('Whether a condition that already holds at entry reaches the goal.'),
    onAchieved: z
      .union([
        z.enum(['exit', 'continue']),
        z.strictObject({ goTo: nodeId.describe('The node where the one path goes on.') }),
      ])
      .default('exit')
      .describe(
        'What reaching it does: `exit` ends the enrollment, `continue` only counts it, `{ goTo }` replaces all paths by one.',
      ),
  })
  .refine(({ event, condition }) => event !== undefined || condition !== undefined, {
    message: 'A goal needs an "event", a "condition", or both.',
  });

const node = z.strictObject({
  id: nodeId,
  type: z.string().max(60).describe('The node type.'),
  name: z.string().max(200).optional().describe('What people call the node.'),
  position: z
    .strictObject({
      x: z.number().describe('From the left.'),
      y: z.number().describe('From the top.'),
    })
    .optional()
    .describe('Where the canvas draws it.'),
  data: z.custom<JsonObject>(isPlainObject, 'data must be an object.').describe('Its settings.'),
  executeIf: conditionGroup
    .optional()
    .describe('The node is skipped, and left by `next`, when this is false on arrival.'),
  retry: retryPolicy.optional(),
  timeout: attemptTimeout.optional(),
});

const edge = z.strictObject({
  id: z.string().max(200).optional().describe('Names the edge for a canvas.'),
  source: z.string().max(64).describe('The node it leaves, or `trigger`.'),
  sourceHandle: z.string().max(64).optional().describe('The port; absent means `next`.'),
  target: z.string().max(64).describe('The node it enters, or `end`.'),
});

const settings = z.strictObject({
  enrollment: enrollmentSettings.prefault({}).describe('Who may enter, and how often.'),
  exitWhen: conditionGroup
    .optional()
    .describe('Ends the enrollment as `exited` as soon as it holds, at entry too.'),
  exitOnUnsubscribe: z
    .boolean()
    .optional()
    .describe(
      'Whether the enrollment ends as `exited` as soon as the contact has refused the channel of one of its marketing messages, at entry too. Without it she goes on, and such messages are left by `not_sent`.',
    ),
  quietHours: quietHours
    .optional()
    .describe('A window in which marketing messages wait for its end.'),
  frequencyCap: frequencyCap
    .optional()
    .describe('How many marketing messages a contact gets in a stretch of time.'),
  timeZone: timeZone
    .optional()
    .describe("The zone of local times when a node names none and the contact's is unknown."),
  onNodeFailure: z
    .enum(['fail', 'continue', 'exit'])
    .default('fail')
    .describe('What a permanently failed node without an `error` edge does.'),
  visitLimit: z
    .int()
    .min(1)
    .max(10_000)
    .default(DEFAULT_VISIT_LIMIT)
    .describe('How often one node may be visited before the enrollment fails.'),
});

export const definitionSchema = z.strictObject({
  key: workflowKey,
  name: z.string().min(1).max(200).describe('What people call the workflow.'),
  description: z.string().max(2_000).optional().describe('What it is for.'),
  triggers: z
    .array(trigger, {
      error: ({ input }) =>
        input === undefined
          ? 'This field is required: what enrolls a contact, such as `{ type: manual }` or `{ type: event, event: order.placed }`.'
          : undefined,
    })
    .min(1)
    .max(20)
    .describe('What enrolls a contact.'),
  nodes: z.array(node).min(1).describe('The steps.'),
  edges: z.array(edge).describe('How they are joined.'),
  goals: z.array(goal).max(20).default([]).describe('What ends the journey early.'),
  settings: settings.prefault({}).describe('What holds for the whole workflow.'),
  tests: journeyTests
    .optional()
    .describe('What must happen to example contacts; run before every activation.'),
});

export type Definition = z.infer<typeof definitionSchema>;
export type DefinitionNode = Definition['nodes'][number];

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
