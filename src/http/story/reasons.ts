/** Codes of reasons in words that stand within a sentence. */
import { ERRORS } from '../../errors';
import type { BlockedReason } from '../../journey/admission';
import { STEP_CODES } from '../../journey/step-codes';
import { inSentence } from '../words';

/** Why a message or call was held back. */
const HELD_BACK: Readonly<Record<string, string>> = {
  no_address: 'there is no address to send it to',
  invalid_address: 'what it should go to is no address',
  unsubscribed: 'she has refused its channel or topic',
  goal_reached: 'she had reached a goal by then',
  exited: 'the condition of `settings.exitWhen` held by then',
  enrollment_ended: 'the enrollment had ended by then',
  contact_erased: 'the person was erased',
  suppressed: 'nothing is sent to her address any more',
  late: 'it was too late for it when her pause was over, and its policy leaves such messages out',
};

/** Why somebody was not let in; `it` is the workflow. */
export const REFUSED: Readonly<Record<BlockedReason, string>> = {
  already_active: 'she was in it already',
  already_entered: 'she had been through it, and it lets everybody in once',
  limit_reached: 'she had entered as often as its "limit" allows',
  too_soon: 'the end of her last passage lay less than its "reEnrollmentDelay" back',
  rate_limited: 'she had come in as often as the "rateLimit" of its trigger allows',
  entry_condition: 'she did not meet its "entryWhen"',
  workflow_not_active: 'it was not active',
  caused_by_itself: 'too many enrollments and events had caused each other in a row',
};

/** Reasons that are no end of a node. */
const OTHERS: Readonly<Record<string, string>> = {
  'operator.skipped': 'an operator had her leave it',
  'operator.migrated': 'she was moved to another version there',
  'pause.late': 'she was late after a pause whose policy is to leave',
  refused_permanent: 'the mail server refused it for good',
  refused_retryable: 'the mail server refused it for now',
  interrupted: 'whoever had begun it did not come back',
  restarted: 'she entered it anew',
  removed: 'a node of another workflow took her out',
};

const KNOWN: ReadonlyMap<string, string> = new Map([
  ...Object.entries(ERRORS).map(([code, { title }]): [string, string] => [code, title]),
  ...Object.entries(OTHERS),
  ...Object.entries(STEP_CODES),
]);

const WITH_WHY = /^(send|call|enrollment)\.blocked\.(.+)$/;

/** What a code means. One that is not known is quoted, such as the reason that an `exit` gives. */
export function wordsOf(code: string): string {
  const known = KNOWN.get(code);
  if (known !== undefined) return inSentence(known);
  const [, what, why = ''] = WITH_WHY.exec(code) ?? [];
  if (what === 'send') return `the message was not sent: ${heldBackWords(why)}`;
  if (what === 'call') return `the call was not made: ${heldBackWords(why)}`;
  if (what === 'enrollment') return `she was not let in: ${refusedWords(why)}`;
  return `for the reason "${code}"`;
}

export function heldBackWords(why: string): string {
  return HELD_BACK[why] ?? `the reason is "${why}"`;
}

export function refusedWords(reason: string): string {
  return REFUSED[reason as BlockedReason] ?? `the reason is "${reason}"`;
}
