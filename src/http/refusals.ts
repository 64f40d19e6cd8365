/** Why an enrollment does not take a command, in words: what is wrong, and what to do. */
import type { RetryRefusal } from '../db/retry-enrollment';
import { type AppError, fail } from '../errors';
import { type Refusal, REFUSALS } from '../journey/commands';
import { apart } from '../journey/reason';

const RETRY_REFUSALS: Readonly<Record<RetryRefusal, string>> = {
  'command.not_failed': 'The enrollment did not fail, so there is nothing to try again.',
  'command.not_resumable':
    'Nothing says where the enrollment could go on: it went in a circle too often, or its Temporal workflow ended without telling.',
  'command.erased': 'The contact was erased.',
  'command.workflow_deleted': 'The workflow was deleted.',
  already_active: 'The contact is in this workflow by another enrollment.',
};

const REASONS: Readonly<Record<string, string>> = { ...REFUSALS, ...RETRY_REFUSALS };

const ADVICE: Readonly<Record<Refusal | RetryRefusal, string>> = {
  'command.invalid': 'Correct the input.',
  'command.ended':
    'Let the contact enter again, or retry the enrollment if its status is "failed".',
  'command.already_paused': 'Resume it first to pause it in another way.',
  'command.not_paused': 'There is nothing to resume.',
  'command.workflow_paused': 'Then she goes on too.',
  'command.no_such_node': 'Read "currentNodeIds" of the enrollment, and the nodes of its version.',
  'command.ambiguous': 'Give one of "currentNodeIds" as "node".',
  'command.not_skippable':
    'Wait until she has entered a node that waits or works, or jump to another.',
  'command.not_a_target': 'Choose a node in front of it or behind it.',
  'command.same_version': 'Choose another one.',
  'command.no_such_version': 'Choose one that was published.',
  'command.node_removed': 'Name it in "map".',
  'command.in_effect': 'Send the command again when it is done.',
  'command.not_failed': 'Read its status.',
  'command.not_resumable': 'Let the contact enter again.',
  'command.erased': 'Nobody is left to go on.',
  'command.workflow_deleted': 'Let the contact enter another one.',
  already_active: 'Wait for its end, or cancel it first.',
};

/** Takes a stored reason, `code` or `code: what it speaks of`, apart. */
export function readReason(reason: string): { readonly code: string; readonly sentence: string } {
  const { code, words } = apart(reason);
  const about = words === null ? '' : ` It is "${words}".`;
  const advice = Object.hasOwn(ADVICE, code) ? ` ${ADVICE[code as Refusal]}` : '';
  return { code, sentence: `${REASONS[code] ?? 'The command was refused.'}${about}${advice}` };
}

/** The problem for a refusal. */
export function commandRefused(reason: string): AppError {
  const { code, sentence } = readReason(reason);
  return fail('command.refused', sentence, { reason: code });
}
