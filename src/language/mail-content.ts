/** Stored templates of mails as people write them. */
import { z } from 'zod';
import { isUuid } from '../ids';
import { LONGEST_PART, type MailContent, templateKey } from '../journey/mail-template';

const liquid = (longest: number) => z.string().min(1, 'This cannot be empty.').max(longest);

const said = {
  name: z.string().min(1).max(200).optional().describe('For people; the key unless told.'),
  subject: liquid(LONGEST_PART.subject).describe('The subject, as a Liquid template.'),
  preheader: liquid(LONGEST_PART.preheader)
    .optional()
    .describe('What mailboxes show behind the subject, as a Liquid template; needs an HTML body.'),
  html: liquid(LONGEST_PART.html).optional().describe('The HTML body, as a Liquid template.'),
  mjml: liquid(LONGEST_PART.mjml)
    .optional()
    .describe('The HTML body written in MJML, as a Liquid template; instead of `html`.'),
  text: liquid(LONGEST_PART.text).optional().describe('The text body, as a Liquid template.'),
};

const hasBody = ({ html, mjml, text }: Omit<MailContent, 'subject'>) =>
  html !== undefined || mjml !== undefined || text !== undefined;
const oneHtml = ({ html, mjml }: Omit<MailContent, 'subject'>) =>
  html === undefined || mjml === undefined;
const shownPreheader = ({ preheader, html, mjml }: Omit<MailContent, 'subject'>) =>
  preheader === undefined || html !== undefined || mjml !== undefined;

const BODY = { message: 'A template needs "html", "mjml" or "text".' };
const ONE = { message: 'A mail has one HTML body: give either "html" or "mjml".', path: ['mjml'] };
const SHOWN = {
  message:
    'A plain text has no preheader: its first line is shown. Leave it out, or give a body in HTML.',
  path: ['preheader'],
};

const key = templateKey
  .refine((text) => !isUuid(text), 'A key in the form of an id would be taken for one.')
  .describe('As `send_email` names it; never changes.');

/** A template as it is stored for the first time. */
export const templateInput = z
  .strictObject({ key, ...said })
  .refine(hasBody, BODY)
  .refine(oneHtml, ONE)
  .refine(shownPreheader, SHOWN)
  .meta({ id: 'TemplateInput' });

/** What replaces the content of a template. */
export const templateContent = z
  .strictObject(said)
  .refine(hasBody, BODY)
  .refine(oneHtml, ONE)
  .refine(shownPreheader, SHOWN)
  .meta({ id: 'TemplateContent' });

/** A template in a file, which may be named like it. */
export const templateInFile = z
  .strictObject({ key: key.optional(), ...said })
  .refine(hasBody, BODY)
  .refine(oneHtml, ONE)
  .refine(shownPreheader, SHOWN);
