/** Who is meant: by exactly one of her names. */
import type { Options, Values } from './options';
import { UsageError } from './usage-error';

export const WHO_OPTIONS = {
  email: { type: 'string', value: 'address', help: 'Who, by her e-mail address.' },
  'external-id': { type: 'string', value: 'id', help: 'Who, by your own id of her.' },
  'contact-id': { type: 'string', value: 'id', help: 'Who, by the id of her contact.' },
} as const satisfies Options;

export type Who =
  | { readonly email: string }
  | { readonly externalId: string }
  | { readonly contactId: string };

/** The one name that was given, or null. Fails with a UsageError where there are several. */
export function whoOf(values: Values<typeof WHO_OPTIONS>): Who | null {
  const { email, 'external-id': externalId, 'contact-id': contactId } = values;
  const given: Who[] = [
    ...(email === undefined ? [] : [{ email }]),
    ...(externalId === undefined ? [] : [{ externalId }]),
    ...(contactId === undefined ? [] : [{ contactId }]),
  ];
  const [who = null, second] = given;
  if (second === undefined) return who;
  throw new UsageError('Say who by one of --email, --external-id and --contact-id.');
}
