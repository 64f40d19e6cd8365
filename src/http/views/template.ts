/** Templates of mails as callers see them. */
import { z } from 'zod';
import type { TemplateHead, TemplateRow } from '../../db/templates';
import type { TestMailRow } from '../../db/test-mails';
import type { Issue } from '../../errors';
import { instant, isoOrNull, uuid } from '../common';
import { issueSchema } from './workflow';

const head = {
  id: uuid,
  key: z.string().describe('As `send_email` names it; never changes.'),
  name: z.string(),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
};

export const templateSummarySchema = z.object(head).meta({ id: 'TemplateSummary' });

export const templateSchema = z
  .object({
    ...head,
    version: z.int().describe('Counts what it has said; the entity tag is the latest one.'),
    subject: z.string(),
    preheader: z.string().nullable().describe('What mailboxes show behind the subject.'),
    html: z.string().nullable(),
    mjml: z.string().nullable().describe('MJML, instead of `html`.'),
    text: z.string().nullable(),
    author: z.string().describe('The API key that wrote this version.'),
    warnings: z
      .array(issueSchema)
      .optional()
      .describe('Names that may render as nothing; only where something was written.'),
  })
  .meta({ id: 'Template' });

export const templatePreviewSchema = z
  .object({
    template: z.string(),
    version: z.int(),
    subject: z.string(),
    html: z.string().nullable().describe('With the preheader where mailboxes look for it.'),
    text: z.string().nullable(),
    missing: z
      .array(z.string())
      .describe('Names that the template reads and that have no value here.'),
  })
  .meta({ id: 'TemplatePreview' });

export const testMailSchema = z
  .object({
    id: uuid,
    template: z.string(),
    version: z.int(),
    to: z.string(),
    status: z
      .enum(['waiting', 'sending', 'sent', 'failed', 'unknown', 'blocked'])
      .describe(
        '`waiting` until a worker takes it; `unknown` when nobody can say whether it was accepted: it is not sent again; `blocked` when its address is suppressed.',
      ),
    response: z.string().nullable().describe('What the mail server said, or why it was not asked.'),
    createdAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: 'TestMail' });

export function templateSummary({
  id,
  key,
  name,
  version,
  createdAt,
  updatedAt,
}: TemplateHead): z.infer<typeof templateSummarySchema> {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, key, name, version, ...times };
}

/** A template with its entity tag. */
export function templateAnswer(status: number, row: TemplateRow, warnings?: readonly Issue[]) {
  const { version, subject, preheader, html, mjml, text, author } = row.content;
  const body: z.infer<typeof templateSchema> = {
    ...templateSummary(row),
    ...{ version, subject, preheader, html, mjml, text, author },
    ...(warnings ? { warnings: [...warnings] } : {}),
  };
  return {
    status,
    body,
    headers: { ETag: templateTag(row), Location: `/api/v1/templates/${row.id}` },
  };
}

export const templateTag = ({ version }: TemplateHead): string => `"${version}"`;

export function testMailView(row: TestMailRow): z.infer<typeof testMailSchema> {
  const { id, template, templateVersion: version, toAddress: to, status, response } = row;
  const times = { createdAt: row.createdAt.toISOString(), endedAt: isoOrNull(row.endedAt) };
  return { id, template, version, to, status, response, ...times };
}
