import { z } from 'zod';
import { withheld } from '../consent';
import type { Evaluators, Facts } from '../facts';
import { doubtOfMail } from '../mail-doubt';
import { blockedMail, previewOfMail, unlessSuppressed } from '../mail-preview';
import { defineNodeType, type DryRun } from '../node-type';
import type { RunContext, SendResult } from '../runtime';

const liquid = (what: string, longest: number) =>
  z.string().min(1, `The ${what} cannot be empty.`).max(longest);

const sender = z.strictObject({
  name: z.string().max(200).optional().describe('The name that people see.'),
  email: z.email('The sender needs an e-mail address.').describe('The address it is sent from.'),
});

const config = z
  .strictObject({
    subject: liquid('subject', 998).describe('The subject, as a Liquid template.'),
    html: liquid('HTML body', 500_000).optional().describe('The HTML body, as a Liquid template.'),
    text: liquid('text body', 500_000).optional().describe('The text body, as a Liquid template.'),
    from: sender.optional().describe("The sender; the workspace's when absent."),
    replyTo: z.email().optional().describe('Where answers go.'),
    to: liquid('recipient', 500).optional().describe("The address; the contact's when absent."),
    purpose: z
      .enum(['marketing', 'transactional'])
      .default('marketing')
      .describe('Marketing obeys consent, quiet hours and caps; transactional does not.'),
    trackOpens: z
      .boolean()
      .optional()
      .describe(
        'Whether an `email.opened` event is recorded when the HTML body is opened with its images; not unless told.',
      ),
    trackClicks: z
      .boolean()
      .optional()
      .describe(
        'Whether an `email.clicked` event, with its `url`, is recorded when a link of the HTML body is followed; not unless told.',
      ),
    onUnknown: z
      .enum(['hold', 'resend', 'continue'])
      .optional()
      .describe(
        'What to do when nobody can say whether the mail was accepted: wait for proof (`hold`, for marketing), send once more (`resend`, for transactional), or go on.',
      ),
  })
  .refine(({ html, text }) => html !== undefined || text !== undefined, {
    message: 'A mail needs "html" or "text".',
  });

type Config = z.infer<typeof config>;

export const sendEmail = defineNodeType({
  type: 'send_email',
  kind: 'effect',
  summary: 'Sends an e-mail, once.',
  description:
    'Renders the templates and sends the mail under a key of its own. Consent, suppressions, goals and exits are looked at once more in the transaction that claims the send, and so are quiet hours and caps of marketing. Marketing carries a one-click way to unsubscribe, in its headers and as `{{ unsubscribe_url }}`. A crash in between is looked up by Message-ID instead of sent again.',
  config,
  ports: ['next', 'not_sent'],
  examples: [
    {
      title: 'A reminder in plain text',
      data: { subject: 'Your cart is waiting', text: 'Hi {{ first_name }}, shall we keep it?' },
      takes: 'next',
    },
    {
      title: 'A receipt',
      data: {
        subject: 'Your receipt',
        html: '<p>Thank you, {{ contact.firstName }}.</p>',
        purpose: 'transactional',
      },
      takes: 'next',
    },
  ],
  templates: ({ subject, html, text, to }) =>
    Object.entries({ subject, html, text, to }).flatMap(([path, template]) =>
      template === undefined ? [] : [{ path, text: template }],
    ),
  retry: 'patient',
  writesToContact: true,
  marketsBy: ({ purpose }) => (purpose === 'marketing' ? 'email' : null),
  waiting: () => ({ until: null, for: 'e-mail' }),
  label: (_config, name) => `Send "${name}"`,
  dryRun: preview,
  inDoubt: doubtOfMail,
  async run(_config, context) {
    const result = await settle(context);
    if (result.outcome === 'blocked') {
      return { port: 'not_sent', reason: { code: `send.blocked.${result.reason ?? 'unknown'}` } };
    }
    context.sent(result.deliveryKey);
    return {
      port: 'next',
      reason: { code: result.outcome === 'sent' ? 'send.sent' : 'send.unknown' },
      output: { deliveryKey: result.deliveryKey },
    };
  },
});

async function preview(config: Config, facts: Facts, evaluators: Evaluators): Promise<DryRun> {
  const refusal = withheld(facts.contact.consent, 'email', config.purpose);
  if (refusal !== null) return blockedMail(refusal);
  const mail = previewOfMail('email', evaluators.email(config, facts), config.from?.name);
  return unlessSuppressed(mail, facts);
}

/** Tries until the message is sent, blocked, or of unknown fate with a policy that goes on. */
async function settle(context: RunContext): Promise<SendResult> {
  for (;;) {
    const result = await context.perform('sendEmail', {});
    if (result.outcome === 'deferred') await context.waitUntil(result.until ?? context.now());
    else if (result.outcome !== 'unknown' || result.reason === 'continue') return result;
    else await context.waitForDoorbell();
  }
}
