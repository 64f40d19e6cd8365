/** What a dry run shows of a mail. */
import type { Facts, RenderedEmail } from './facts';
import { addressProblem, headerProblem } from './mail-rules';
import type { DryRun } from './node-type';

/** A mail that nobody gets, with the reason that its step names. */
export function blockedMail(reason: string): DryRun {
  return { preview: { blocked: reason }, result: { outcome: 'blocked', reason } };
}

/** A mail as it would be sent, or why it would not. */
export function previewOfMail(
  channel: 'email' | 'notification',
  { to, ...content }: RenderedEmail,
  senderName?: string,
): DryRun {
  const blocked = addressProblem(to);
  if (to === null || blocked !== null) return blockedMail(blocked ?? 'no_address');
  const failed = headerProblem(content.subject, senderName);
  if (failed === null)
    return { preview: { send: { channel, to, ...content } }, result: { outcome: 'sent' } };
  const detail = 'The subject, or the name of the sender, contains a line break.';
  return { preview: { failed, detail }, result: {} };
}

/** The same, unless nothing may go to its address any more. */
export async function unlessSuppressed(dryRun: DryRun, facts: Facts): Promise<DryRun> {
  const { preview } = dryRun;
  if (!('send' in preview)) return dryRun;
  const isSuppressed = (await facts.suppression(preview.send.to)) !== null;
  return isSuppressed ? blockedMail('suppressed') : dryRun;
}
