/** Stored templates for worlds that are compared. */
import { createTemplate } from '../../src/db/templates';
import { AppError } from '../../src/errors';
import type { Definition } from '../../src/journey/definition';
import type { MailContent, MailTemplates } from '../../src/journey/mail-template';
import { templateReferences } from '../../src/language/references';
import type { Workspace } from './in-workspace';

/** Cases run side by side: whoever stored a template of this key first has stored the same. */
export async function storeTemplates(
  { db, workspaceId }: Pick<Workspace, 'db' | 'workspaceId'>,
  templates: Readonly<Record<string, MailContent>>,
): Promise<void> {
  for (const [key, { subject, preheader, html, mjml, text }] of Object.entries(templates)) {
    const input = { key, name: key, author: 'test', subject, preheader, html, mjml, text };
    const storing = db.inWorkspace(workspaceId, (tx) => createTemplate(tx, input));
    await storing.catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'template.key_taken')) throw error;
    });
  }
}

/** One for each that the definition names, which says who reads it. */
export function templatesFor(definition: Definition): MailTemplates {
  const named = templateReferences(definition).map(({ key }) => key);
  const content = { subject: 'For {{ first_name }}', text: 'Look.' };
  return Object.fromEntries(named.map((key) => [key, { key, version: 1, ...content }]));
}
