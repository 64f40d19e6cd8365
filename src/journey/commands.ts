/**
 * What an operator may order for one enrollment, whoever carries the order: the API, a bulk job, or an
 * update from Temporal's own tools.
 */
import { z } from 'zod';
import { nodeId, versionNumber } from './names';

/**
 * What becomes of the time that a pause takes. `run`: waits go on as if there had been none. `freeze`: a wait
 * has as much left as it had. `restart`: a wait begins again. Dates and times of day stay what they are.
 */
export const clockPolicy = z.enum(['run', 'freeze', 'restart']);

/**
 * What becomes of somebody who would have moved on during the pause. `send`: she goes on. `skip`: she goes on
 * without the messages before her next wait. `exit`: she leaves the workflow.
 */
export const latePolicy = z.enum(['send', 'skip', 'exit']);

export type ClockPolicy = z.infer<typeof clockPolicy>;
export type LatePolicy = z.infer<typeof latePolicy>;

const policies = {
  clock: clockPolicy.describe(
    'What becomes of the time that the pause takes: `run`, `freeze`, `restart`.',
  ),
  late: latePolicy.describe('What becomes of people who are late then: `send`, `skip`, `exit`.'),
};

/** The input of each command, by its type. */
export const commandInputs = {
  pause: z.strictObject({
    clock: policies.clock.default('run'),
    late: policies.late.default('send'),
  }),
  resume: z.strictObject({ clock: policies.clock.optional(), late: policies.late.optional() }),
  cancel: z.strictObject({
    reason: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Why, for whoever reads the enrollment.'),
  }),
  skip: z.strictObject({
    node: nodeId.optional().describe('The node to leave; needed where she stands on several.'),
  }),
  jump: z.strictObject({
    to: nodeId.describe('The node on which she goes on; all her paths end.'),
  }),
  migrate: z.strictObject({
    version: versionNumber.describe('The published version that she goes on in.'),
    map: z
      .record(nodeId, nodeId)
      .default({})
      .describe('For nodes that were renamed or removed: where people who stand there go on.'),
  }),
} as const;

export type CommandType = keyof typeof commandInputs;
export type CommandInput<T extends CommandType = CommandType> = z.infer<(typeof commandInputs)[T]>;

export type Command = {
  [T in CommandType]: { readonly type: T; readonly input: CommandInput<T> };
}[CommandType];

export const COMMAND_TYPES = Object.keys(commandInputs) as readonly CommandType[];

/** What each does, for whoever chooses one. */
export const COMMAND_SUMMARIES: Readonly<Record<CommandType, string>> = {
  pause: 'Let somebody stand still until she is resumed',
  resume: 'Let somebody go on who was paused',
  cancel: 'End an enrollment',
  skip: 'Leave a node at once, as if its wait were over',
  jump: 'Go on at another node',
  migrate: 'Go on in another published version',
};

/** The command that was stored or sent, or null when it is none. */
export function readCommand(type: string, input: unknown): Command | null {
  if (!Object.hasOwn(commandInputs, type)) return null;
  const parsed = commandInputs[type as CommandType].safeParse(input);
  return parsed.success ? ({ type, input: parsed.data } as Command) : null;
}

/** Why a command was refused; stable, for programs. */
export const REFUSALS = {
  'command.invalid': 'The command has no such input.',
  'command.ended': 'The enrollment has ended.',
  'command.already_paused': 'The enrollment is paused already.',
  'command.not_paused': 'The enrollment is not paused.',
  'command.workflow_paused': 'The whole workflow is paused; activate it.',
  'command.no_such_node': 'Nobody stands on that node, or the version has none of that name.',
  'command.ambiguous': 'She stands on several nodes; name one.',
  'command.not_skippable': 'A node of this type cannot be left by hand.',
  'command.not_a_target': 'Nobody can be put on a node of this type.',
  'command.same_version': 'The enrollment is in that version already.',
  'command.no_such_version': 'The workflow has no such version.',
  'command.node_removed': 'The version has no node of that name; map it to another.',
  'command.in_effect':
    'A message or call of that node is under way; it cannot be renamed meanwhile.',
} as const;

export type Refusal = keyof typeof REFUSALS;
