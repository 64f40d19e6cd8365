/** Why somebody is not let in: what is in the way, and what to do. */
import type { Blocked } from '../db/entry-rules';
import type { BlockedReason } from '../journey/admission';

const BLOCKED: Readonly<Record<BlockedReason, (refusal: Blocked) => string>> = {
  already_active: () =>
    'The contact is in this workflow. Wait for the end, or set "whenActive" of settings.enrollment to "restart", or to "parallel" and give another key.',
  already_entered: () =>
    'The contact has been through this workflow, which lets everybody in once. Set "allowMultiple" of settings.enrollment to let her in again.',
  limit_reached: ({ until }) =>
    `The contact has entered as often as "limit" of settings.enrollment allows. ${until === undefined ? 'Raise the limit to let her in.' : again(until)}`,
  too_soon: ({ until }) =>
    `The end of the contact's last enrollment lies less than "reEnrollmentDelay" of settings.enrollment back.${until === undefined ? '' : ` ${again(until)}`}`,
  rate_limited: ({ until }) =>
    `The contact has come in as often as "rateLimit" of the trigger allows.${until === undefined ? '' : ` ${again(until)}`}`,
  entry_condition: ({ detail }) =>
    `The contact does not meet "entryWhen" of settings.enrollment${detail === undefined ? '' : `: ${detail}`}. Change the contact, or the condition.`,
  workflow_not_active: () => 'The workflow is not active. Activate it first.',
  caused_by_itself: () =>
    'Too many enrollments and events have caused each other in a row. Look for workflows that start one another.',
};

const again = (until: Date) => `Try again from ${until.toISOString()} on.`;

/** The refusal as a sentence, with what to do about it. */
export function blockedSentence(refusal: Blocked): string {
  return BLOCKED[refusal.blocked](refusal);
}
