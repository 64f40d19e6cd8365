/** Templates of mails that are stored under a key of their own, as a node names them. */
import { slug } from './names';

/** The key of a template: it stands in definitions, so it never changes. */
export const templateKey = slug('A key of a template');

/** How many characters each part of a mail may have as it is written, Liquid and all. */
export const LONGEST_PART = {
  subject: 998,
  preheader: 500,
  html: 500_000,
  mjml: 100_000,
  text: 500_000,
} as const;

/** The parts of a mail, in the order in which they are shown. */
export const MAIL_PARTS = ['subject', 'preheader', 'html', 'mjml', 'text'] as const;

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
