import { z } from 'zod';
import { topicName, withheld } from '../consent';
import type { Evaluators, Facts } from '../facts';
import { doubtOfMail } from '../mail-doubt';
import { blockedMail, previewOfMail, unlessSuppressed } from '../mail-preview';
import { LONGEST_PART, templateKey } from '../mail-template';
import { trackingOf, uselessTracking } from '../mail-tracking';
import { defineNodeType, type DryRun } from '../node-type';
import type { RunContext, SendResult } from '../runtime';

const liquid = (what: string, longest: number) =>
  z.string().min(1, `The ${what} cannot be empty.`).max(longest);

const sender = z.strictObject({
  name: z.string().max(200).optional().describe('The name that people see.'),
  email: z.email('The sender needs an e-mail address.').describe('The address it is sent from.'),
});

const CONTENT = ['subject', 'html', 'mjml', 'text'] as const;
const NAMES = { subject: 'subject', html: 'HTML', mjml: 'HTML', text: 'text' } as const;

const config = z
  .strictObject({
    template: templateKey
      .optional()
      .describe(
        'The key of a stored template, which says all that the mail says; its latest version when the mail is claimed. Instead of `subject` and bodies.',
      ),
    subject: liquid('subject', LONGEST_PART.subject)
      .optional()
      .describe('The subject, as a Liquid template.'),
    html: liquid('HTML body', LONGEST_PART.html)
      .optional()
      .describe('The HTML body, as a Liquid template.'),
    mjml: liquid('MJML body', LONGEST_PART.mjml)
      .optional()
      .describe('The HTML body written in MJML, as a Liquid template; instead of `html`.'),
    text: liquid('text body', LONGEST_PART.text)
      .optional()
      .describe('The text body, as a Liquid template.'),
    from: sender.optional().describe("The sender; the workspace's when absent."),
    replyTo: z.email().optional().describe('Where answers go.'),
    to: liquid('recipient', 500).optional().describe("The address; the contact's when absent."),
    purpose: z
      .enum(['marketing', 'transactional'])
      .default('marketing')
      .describe('Marketing obeys consent, quiet hours and caps; transactional does not.'),
    topic: topicName
      .optional()
      .describe(
        'What the marketing is about, such as `newsletter`: somebody may unsubscribe from it alone. Without one, from all marketing by e-mail.',
      ),
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
  .superRefine((mail, context) => {
    const refuse = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', path, message });
    const own = CONTENT.filter((field) => mail[field] !== undefined);
    if (mail.template !== undefined)
      for (const field of own)
        refuse(`The template says the ${NAMES[field]}: leave it out.`, field);
    else {
      if (mail.subject === undefined)
        refuse('A mail needs a "subject", or a "template".', 'subject');
      if (!own.some((field) => field !== 'subject'))
        refuse('A mail needs "html", "mjml" or "text"; or a "template".');
    }
    if (mail.html !== undefined && mail.mjml !== undefined)
      refuse('A mail has one HTML body: give either "html" or "mjml".', 'mjml');
    if (mail.topic !== undefined && mail.purpose === 'transactional')
      refuse(
        'A topic is what somebody unsubscribes from; nobody can from what is transactional.',
        'topic',
      );
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
    {
      title: 'A stored template, about something that can be unsubscribed from alone',
      data: { template: 'spring-offer', topic: 'offers' },
      takes: 'next',
    },
    {
      title: 'MJML',
      data: {
        subject: 'News for {{ first_name }}',
        mjml: '<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ first_name }}</mj-text></mj-column></mj-section></mj-body></mjml>',
      },
      takes: 'next',
    },
  ],
  namesTemplate: ({ template }) => template,
  tracks: trackingOf,
  useless: uselessTracking,
  templates: ({ subject, html, mjml, text, to }) =>
    Object.entries({ subject, html, mjml, text, to }).flatMap(([path, template]) => {
      if (template === undefined) return [];
      return [{ path, text: template, ...(path === 'mjml' ? { markup: 'mjml' as const } : {}) }];
    }),
  retry: 'patient',
  writesToContact: true,
  marketsBy: ({ purpose }) => (purpose === 'marketing' ? 'email' : null),
  marketsAbout: ({ topic = null }) => topic,
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
  const refusal = withheld(facts.contact.consent, 'email', config);
  if (refusal !== null) return blockedMail(refusal);
  const { template: key, subject = '', to } = config;
  const content = key === undefined ? { ...config, subject } : await facts.template(key);
  // Of a template that nobody knows the mail is sent all the same, and what it says is not shown.
  const rendered = evaluators.email(content === null ? { subject, to } : { ...content, to }, facts);
  const mail = previewOfMail('email', rendered, config.from?.name);
  return unlessSuppressed(content === null ? withoutContent(mail) : mail, facts);
}

function withoutContent(dryRun: DryRun): DryRun {
  const { preview } = dryRun;
  if (!('send' in preview)) return dryRun;
  const { channel, to } = preview.send;
  return { ...dryRun, preview: { send: { channel, to } } };
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
