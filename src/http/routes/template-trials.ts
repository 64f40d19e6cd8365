/** Looking at what a template says before anybody gets it: a preview, and a mail to oneself. */
import { z } from 'zod';
import type { KeyIdentity } from '../../db/api-keys';
import { recordAudit } from '../../db/audit';
import type { Tx } from '../../db/client';
import { findContact } from '../../db/contacts';
import { contactFacts, workspaceFacts } from '../../db/facts';
import { listsOf } from '../../db/lists';
import { findSuppression } from '../../db/suppressions';
import { mailTemplate, type TemplateRow } from '../../db/templates';
import { getTestMail, orderTestMail } from '../../db/test-mails';
import { fail } from '../../errors';
import { missingNames } from '../../evaluate/missing-names';
import { factsAtEntry } from '../../journey/entry-facts';
import {
  type ContactFacts,
  EvaluationFailed,
  type Evaluators,
  type Facts,
  type RenderedEmail,
} from '../../journey/facts';
import { contactState, dryRunFields } from '../../journey/journey-tests';
import type { JsonObject } from '../../journey/json';
import type { MailTemplate } from '../../journey/mail-template';
import { contactOf } from '../../language/dry-run-script';
import { authorize } from '../auth';
import { found, uuid } from '../common';
import { readRoute, writeRoute } from '../route';
import { templatePreviewSchema, testMailSchema, testMailView } from '../views/template';
import { contactMissing } from './contacts';
import { byTemplate, requireTemplate } from './templates';

const example = {
  contactId: uuid
    .optional()
    .describe('A stored contact, as she is now. The key needs `contacts:read` too.'),
  contact: contactState.optional().describe('Anybody, for example; nobody in particular without.'),
  variables: dryRunFields.variables.describe('Variables of the workflow, by name.'),
  trigger: dryRunFields.trigger.describe('The event that would have enrolled her.'),
};

type Example = z.infer<z.ZodObject<typeof example>>;

const isOne = ({ contactId, contact }: Example) => contactId === undefined || contact === undefined;
const EITHER = 'Say whose mail it is by either "contactId" or "contact".';

export const templatePreviewInput = z
  .strictObject({
    ...example,
    version: z.int().positive().optional().describe('The latest unless told.'),
  })
  .refine(isOne, EITHER)
  .meta({ id: 'TemplatePreviewInput' });

export const testMailInput = z
  .strictObject({
    to: z
      .email('Expected an e-mail address.')
      .max(320)
      .describe('Where the mail goes, whoever it is about.'),
    ...example,
  })
  .refine(isOne, EITHER)
  .meta({ id: 'TestMailInput' });

const byTestMail = byTemplate.extend({ testId: z.string().describe('The id of the test mail.') });

export const templateTrialRoutes = [
  writeRoute({
    method: 'post',
    path: '/templates/:id/preview',
    operationId: 'previewTemplate',
    summary: 'Show what a mail from a template would say',
    description: 'Nothing is sent or stored. `missing` names what the template reads in vain.',
    scope: 'workflows:read',
    params: byTemplate,
    body: templatePreviewInput,
    answers: { 200: { description: 'The mail.', schema: templatePreviewSchema } },
    problems: ['template.not_found', 'contact.not_found', 'template.failed', 'template.limit'],
    async write(tx, { params: { id }, body, key, deps: { evaluators } }) {
      requireAccess(key, body);
      const row = await requireTemplate(tx, id, body.version);
      const { template, facts, mail } = await shown(tx, row, { body, evaluators });
      const { subject, html = null, text = null } = mail;
      const missing = missingNames(template, facts, ['unsubscribe_url']);
      const { key: name, version } = template;
      const answer = { template: name, version, subject, html, text, missing: [...missing] };
      return { status: 200, body: answer };
    },
  }),
  writeRoute({
    method: 'post',
    path: '/templates/:id/test',
    operationId: 'sendTestMail',
    summary: 'Send a mail from a template to somebody who wants to see it',
    description:
      'Rendered now, and sent once by a worker within seconds. It is no message to a contact: nothing is tracked or counted, and its way to unsubscribe leads nowhere. Nothing goes to a suppressed address.',
    scope: 'workflows:write',
    params: byTemplate,
    body: testMailInput,
    answers: { 202: { description: 'Stored for a worker.', schema: testMailSchema } },
    problems: ['template.not_found', 'contact.not_found', 'template.failed', 'template.limit'],
    async write(tx, { params: { id }, body, key, deps: { evaluators } }) {
      requireAccess(key, body);
      const { keyId } = key;
      const row = await requireTemplate(tx, id);
      const { mail } = await shown(tx, row, { body, evaluators });
      const { to: _to, ...content } = mail;
      const isSuppressed = (await findSuppression(tx, body.to)) !== null;
      const ordered = await orderTestMail(tx, {
        ...{ template: row.key, templateVersion: row.version, toAddress: body.to },
        ...{ contactId: body.contactId ?? null, createdBy: keyId },
        content: content as JsonObject,
        blocked: isSuppressed ? 'suppressed' : undefined,
      });
      await recordAudit(tx, {
        ...{ actor: keyId, action: 'template.test', subjectType: 'template', subjectId: row.id },
        detail: { testMailId: ordered.id, version: row.version },
      });
      const headers = { Location: `/api/v1/templates/${row.id}/tests/${ordered.id}` };
      return { status: 202, body: testMailView(ordered), headers };
    },
  }),
  readRoute({
    method: 'get',
    path: '/templates/:id/tests/:testId',
    operationId: 'getTestMail',
    summary: 'Get what became of a test mail',
    description: 'Kept for a week.',
    scope: 'workflows:read',
    params: byTestMail,
    answers: { 200: { description: 'The test mail.', schema: testMailSchema } },
    problems: ['template.not_found', 'template.test_not_found'],
    handle: ({ params: { id, testId }, transaction }) =>
      transaction(async (tx) => {
        const { key: template } = await requireTemplate(tx, id);
        const row = await found(
          testId,
          (known) => getTestMail(tx, { template, id: known }),
          testMissing(testId),
        );
        return { status: 200, body: testMailView(row) };
      }),
  }),
];

/** A template can be written so that it says all about a contact. */
function requireAccess(key: KeyIdentity, { contactId }: Example): void {
  if (contactId !== undefined) authorize(key, 'contacts:read');
}

const testMissing = (id: string) => () =>
  fail(
    'template.test_not_found',
    `There is no test mail "${id.slice(0, 100)}" of this template. They are kept for a week.`,
  );

interface Shown {
  readonly template: MailTemplate;
  readonly facts: Facts;
  readonly mail: RenderedEmail;
}

/** A template with the data of an example. Fails with `contact.not_found`, `template.failed`, `template.limit`. */
async function shown(
  tx: Tx,
  row: TemplateRow,
  { body, evaluators }: { readonly body: Example; readonly evaluators: Evaluators },
): Promise<Shown> {
  const template = mailTemplate(row);
  const facts = await exampleFacts(tx, body);
  try {
    return { template, facts, mail: evaluators.email(template, facts) };
  } catch (error) {
    if (!(error instanceof EvaluationFailed)) throw error;
    throw fail(
      error.code === 'template.limit' ? 'template.limit' : 'template.failed',
      error.message,
    );
  }
}

async function exampleFacts(tx: Tx, { variables = {}, trigger, ...who }: Example): Promise<Facts> {
  const at = Date.now();
  return factsAtEntry({
    at,
    variables,
    contact: await exampleContact(tx, who),
    timeZone: null,
    trigger: trigger
      ? { id: 'trigger', occurredAt: at, type: trigger.type, properties: trigger.properties ?? {} }
      : null,
    workspace: await workspaceFacts(tx),
    findEvents: async () => [],
    enrollment: { id: 'preview', workflowKey: 'preview', version: 0 },
  });
}

async function exampleContact(
  tx: Tx,
  { contactId, contact = {} }: Pick<Example, 'contactId' | 'contact'>,
): Promise<ContactFacts> {
  if (contactId === undefined) return contactOf(contact);
  const row = await findContact(tx, { id: contactId });
  if (row === null) throw contactMissing(contactId)();
  return contactFacts(row, await listsOf(tx, row.id));
}
