import {
  foreignKey,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, workspaceId } from './columns';

/** A mail under one immutable key; what it says is in its versions. */
export const templates = pgTable(
  'templates',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    key: text('key').notNull(),
    name: text('name').notNull(),
    /** The latest version, which mails are rendered from; the entity tag of a template. */
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('templates_key').on(t.workspaceId, t.key),
  ],
);

/** What a template said at one time. Never changed: a mail that was sent names its version. */
export const templateVersions = pgTable(
  'template_versions',
  {
    workspaceId: workspaceId(),
    templateId: uuid('template_id').notNull(),
    version: integer('version').notNull(),
    subject: text('subject').notNull(),
    preheader: text('preheader'),
    html: text('html'),
    mjml: text('mjml'),
    text: text('text'),
    /** The API key that wrote it. */
    author: text('author').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.templateId, t.version] }),
    foreignKey({
      columns: [t.workspaceId, t.templateId],
      foreignColumns: [templates.workspaceId, templates.id],
    }).onDelete('cascade'),
  ],
);
