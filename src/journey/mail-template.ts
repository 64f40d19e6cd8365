/** Templates of mails that are stored under a key of their own, as a node names them. */
import { z } from 'zod';

const FORM = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;

/** The key of a template: it stands in definitions, so it never changes. */
export const templateKey = z
  .string()
  .regex(
    FORM,
    'A key of a template has 1 to 64 lower-case letters, digits, "-" and "_", and begins and ends with a letter or digit.',
  );

/** What a mail says: Liquid throughout. HTML is given as such or as MJML. */
export interface MailContent {
  readonly subject: string;
  readonly preheader?: string | undefined;
  readonly html?: string | undefined;
  readonly mjml?: string | undefined;
  readonly text?: string | undefined;
}

/** One version of a stored template. */
export interface MailTemplate extends MailContent {
  readonly key: string;
  readonly version: number;
}

/** Templates by their keys. */
export type MailTemplates = Readonly<Record<string, MailTemplate>>;
