/** What the fields of a contact may hold; one rule for the API and for nodes that write them. */
import { z } from 'zod';

const text = (longest: number) =>
  z.string().min(1, 'This cannot be empty; null clears it.').max(longest);

/** RFC 5321: what stands before the @ has 64 characters at most. */
const LONGEST_MAILBOX = 64;

/** The address of a mailbox. */
export const mailAddress = z
  .email('Expected an e-mail address.')
  .refine((address) => address.indexOf('@') <= LONGEST_MAILBOX, 'Expected an e-mail address.');

/** Fields that hold a text, or null. */
export const TEXT_FIELD_RULES = {
  externalId: text(200),
  email: z.string().max(320).pipe(mailAddress),
  phone: text(40),
  firstName: text(200),
  lastName: text(200),
  timeZone: text(64),
} as const;

export const tagsRule = z.array(z.string().trim().min(1).max(100)).max(200);

export const scoreRule = z.number();
