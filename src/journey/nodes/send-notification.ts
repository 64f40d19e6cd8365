import { z } from 'zod';
import type { Evaluators, Facts } from '../facts';
import { doubtOfMail } from '../mail-doubt';
import { previewOfMail, unlessSuppressed } from '../mail-preview';
import { defineNodeType, type DryRun } from '../node-type';
import { templatesIn } from '../value';

const config = z.strictObject({
  channel: z
    .enum(['email'], 'A notification is sent by "email". Name that channel.')
    .describe('How it is sent: `email`.'),
  to: z
    .string()
    .min(1, 'A notification needs somebody to go to.')
    .max(500)
    .describe('Who is told: an address, as a Liquid template.'),
  subject: z
    .string()
    .min(1)
    .max(998)
    .optional()
    .describe('The subject, as a Liquid template; the first line of the text when absent.'),
  text: z
    .string()
    .min(1, 'A notification cannot be empty.')
    .max(100_000)
    .describe('What it says, as a Liquid template.'),
});

type Config = z.infer<typeof config>;

export const sendNotification = defineNodeType({
  type: 'send_notification',
  kind: 'effect',
  summary: 'Tells a colleague, not the contact.',
  description:
    'Consent, quiet hours and caps are about contacts and do not hold it back. It is no message to the contact, so a later wait for the last message does not mean it.',
  config,
  ports: ['next', 'not_sent'],
  examples: [
    {
      title: 'A hot lead',
      data: {
        channel: 'email',
        to: 'sales@example.com',
        text: '{{ contact.firstName }} asked for a call back.',
      },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  waiting: () => ({ until: null, for: 'notification' }),
  label: (_config, name) => `Notify "${name}"`,
  dryRun: preview,
  inDoubt: (_config, code) => doubtOfMail({ purpose: 'transactional' }, code),
  async run(_config, context) {
    const { outcome, reason = 'unknown' } = await context.perform('sendNotification', {});
    if (outcome === 'blocked')
      return { port: 'not_sent', reason: { code: `send.blocked.${reason}` } };
    const known = outcome === 'sent';
    return { port: 'next', reason: { code: known ? 'send.sent' : 'send.unknown' } };
  },
});

/** The subject of a notification: the one that was rendered, else the first line of its text. */
export function subjectOf(subject: string | undefined, text: string): string {
  return subject ?? text.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
}

async function preview(
  { to, subject, text }: Config,
  facts: Facts,
  evaluators: Evaluators,
): Promise<DryRun> {
  const mail = evaluators.email({ to, subject: subject ?? '', text }, facts);
  const said = mail.text ?? '';
  // A subject that is rendered to nothing counts as none.
  const content = { subject: subjectOf(mail.subject || undefined, said), text: said };
  return unlessSuppressed(previewOfMail('notification', { to: mail.to, ...content }), facts);
}
