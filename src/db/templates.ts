/**
 * Stored templates of mails.
 *
 * 1. A version is never changed: whoever writes makes the next one. Mails are rendered from the latest, and say which.
 * 2. A template that a workflow uses is not deleted: whoever activates one holds its templates until the commit
 *    (`existingTemplates`), whoever deletes one holds it before looking for uses (template-uses.ts).
 */
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { fail } from '../errors';
import { isUuid, newId } from '../ids';
import {
  MAIL_PARTS,
  type MailContent,
  type MailTemplate,
  type MailTemplates,
} from '../journey/mail-template';
import type { Tx } from './client';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { templates, templateVersions } from './schema/templates';

export type TemplateHead = typeof templates.$inferSelect;
type TemplateVersion = typeof templateVersions.$inferSelect;

/** A template with what its latest version says. */
export type TemplateRow = TemplateHead & { readonly content: TemplateVersion };

interface Writing extends MailContent {
  readonly name: string;
  readonly author: string;
}

/** Stores a new template. Fails with `template.key_taken`. */
export async function createTemplate(
  tx: Tx,
  { key, ...input }: Writing & { readonly key: string },
): Promise<TemplateRow> {
  const [head] = await tx
    .insert(templates)
    .values({ id: newId(), key, name: input.name })
    .onConflictDoNothing()
    .returning();
  if (!head) {
    const message = `A template with the key "${key}" exists already. Choose another key, or replace that one.`;
    throw fail('template.key_taken', message);
  }
  return { ...head, content: await insertVersion(tx, head, input) };
}

/** Makes this the next version, and the name. What says the same already stays as it is. */
export async function replaceTemplate(
  tx: Tx,
  row: TemplateRow,
  input: Writing,
): Promise<TemplateRow> {
  const isSame = saysTheSame(row.content, input);
  if (isSame && row.name === input.name) return row;
  const [head] = await tx
    .update(templates)
    .set({
      name: input.name,
      version: isSame ? row.version : row.version + 1,
      updatedAt: sql`now()`,
    })
    .where(eq(templates.id, row.id))
    .returning();
  if (!head) throw new Error(`Template ${row.id} is gone: it was deleted while it was held.`);
  return { ...head, content: isSame ? row.content : await insertVersion(tx, head, input) };
}

const saysTheSame = (before: TemplateVersion, after: MailContent): boolean =>
  MAIL_PARTS.every((field) => before[field] === (after[field] ?? null));

async function insertVersion(
  tx: Tx,
  { id: templateId, version }: TemplateHead,
  { subject, preheader, html, mjml, text, author }: Writing,
): Promise<TemplateVersion> {
  const [row] = await tx
    .insert(templateVersions)
    .values({ templateId, version, subject, preheader, html, mjml, text, author })
    .returning();
  if (!row) throw new Error(`A version of template ${templateId} was not stored.`);
  return row;
}

/** The template with this id or key, with its latest version or the one that is asked for; or null. */
export async function getTemplate(
  tx: Tx,
  idOrKey: string,
  version?: number,
): Promise<TemplateRow | null> {
  const [row] = await withContent(tx, version).where(named(idOrKey));
  return row ? joined(row) : null;
}

/** The same, locked until the transaction ends. */
export async function holdTemplate(tx: Tx, idOrKey: string): Promise<TemplateRow | null> {
  const held = await tx
    .select({ id: templates.id })
    .from(templates)
    .where(named(idOrKey))
    .for('update');
  const [row] = held;
  // Read behind the lock, for which this transaction may have waited.
  return row ? getTemplate(tx, row.id) : null;
}

/** Templates without their bodies, the newest first. */
export async function listTemplates(tx: Tx, page: Page): Promise<Listed<TemplateHead>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(templates)
    .where(after === null ? undefined : lt(templates.id, after))
    .orderBy(desc(templates.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

/** Deletes a template with its versions; mails that were sent go on naming it. */
export async function deleteTemplate(tx: Tx, id: string): Promise<void> {
  await tx.delete(templates).where(eq(templates.id, id));
}

/** What the latest version of a template says, or null. */
export async function latestTemplate(tx: Tx, key: string): Promise<MailTemplate | null> {
  const [row] = await withContent(tx).where(eq(templates.key, key));
  return row ? mailTemplate(joined(row)) : null;
}

/** The templates of these keys, those that do not exist left out. */
export async function loadTemplates(tx: Tx, keys: readonly string[]): Promise<MailTemplates> {
  if (keys.length === 0) return {};
  const rows = await withContent(tx).where(inArray(templates.key, [...keys]));
  return Object.fromEntries(rows.map((row) => [row.head.key, mailTemplate(joined(row))]));
}

/** Which of these keys name a template. None of those is deleted before the transaction ends. */
export async function existingTemplates(
  tx: Tx,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await tx
    .select({ key: templates.key })
    .from(templates)
    .where(inArray(templates.key, [...keys]))
    .for('key share');
  return new Set(rows.map(({ key }) => key));
}

/** What a row says, as mails are rendered from it. */
export function mailTemplate({ key, content }: TemplateRow): MailTemplate {
  const given = MAIL_PARTS.flatMap((field) => {
    const value = content[field];
    return value === null ? [] : [[field, value] as const];
  });
  return {
    ...(Object.fromEntries(given) as unknown as MailContent),
    key,
    version: content.version,
  };
}

const named = (idOrKey: string) =>
  isUuid(idOrKey) ? eq(templates.id, idOrKey) : eq(templates.key, idOrKey);

const withContent = (tx: Tx, version?: number) =>
  tx
    .select({ head: templates, content: templateVersions })
    .from(templates)
    .innerJoin(
      templateVersions,
      and(
        eq(templateVersions.templateId, templates.id),
        eq(templateVersions.version, version ?? templates.version),
      ),
    );

const joined = ({
  head,
  content,
}: {
  readonly head: TemplateHead;
  readonly content: TemplateVersion;
}): TemplateRow => ({ ...head, content });
